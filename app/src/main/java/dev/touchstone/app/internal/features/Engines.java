package dev.touchstone.app.internal.features;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/// What engines provide: those beside the application's own classes, and those in the folders that
/// the launcher names, each with a class loader of its own, so that two engines may need two
/// versions of a library. Nothing is loaded before somebody asks.
final class Engines {
    /// Folders of jars, with the system's separator between.
    private static final String FOLDERS = "touchstone.engines";

    /// None before somebody asks; the same for each service, so that an engine that provides two is
    /// in memory once.
    private List<ClassLoader> loaders = List.of();

    /// All providers of a service.
    ///
    /// @param services loads a service with a class loader; has to be called where the module says
    ///   that it uses the service
    <T> List<T> of(Services<T> services) throws IOException {
        if (loaders.isEmpty()) {
            loaders = loaders();
        }
        Map<String, T> providers = new LinkedHashMap<>();
        for (ClassLoader loader : loaders) {
            for (ServiceLoader.Provider<T> each : services.load(loader).stream().toList()) {
                providers.computeIfAbsent(each.type().getName(), _ -> each.get());
            }
        }
        return List.copyOf(providers.values());
    }

    /// Loads a service.
    interface Services<T> {
        ServiceLoader<T> load(ClassLoader loader);
    }

    private static List<ClassLoader> loaders() throws IOException {
        ClassLoader own = Engines.class.getClassLoader();
        List<ClassLoader> loaders = new ArrayList<>(List.of(own));
        for (String folder : System.getProperty(FOLDERS, "").split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isDirectory(Path.of(folder))) {
                loaders.add(new URLClassLoader(jars(Path.of(folder)), own));
            }
        }
        return loaders;
    }

    private static URL[] jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<URL> jars = new ArrayList<>();
            for (Path file : files.filter(its -> its.toString().endsWith(".jar")).toList()) {
                jars.add(url(file));
            }
            return jars.toArray(URL[]::new);
        }
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
