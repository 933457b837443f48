package dev.touchstone.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A Java program in a process of its own, to watch and to kill.
///
/// ```java
/// try (var server = JavaProcess.start(classPath, "dev.touchstone.app.Main", "up", "--port=0")) {
///     String port = server.awaitLine("listening on port (\\d+)", Duration.ofSeconds(20)).group(1);
///     …
///     server.kill();
/// }
/// ```
///
/// Standard output and standard error are read as one stream, by a thread that ends with the
/// process. All output is kept: meant for the few thousand lines of a test.
public final class JavaProcess implements AutoCloseable {
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(10);

    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private int linesMatched;
    private boolean ended;

    private JavaProcess(Process process) {
        this.process = process;
        this.reader =
                Thread.ofPlatform()
                        .daemon()
                        .name("output of " + process.pid())
                        .unstarted(this::read);
    }

    /// What the module under test and its tests are loaded from, run by Maven or not: for programs
    /// that are classes of a test.
    public static String testClassPath() {
        return Stream.of(
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// The number of the last whole line that is a word and a number, such as `acknowledged 17`; 0
    /// when there is none. A killed process may leave half a line behind.
    public static int lastNumber(String output, String word) {
        Matcher lines =
                Pattern.compile("^" + word + " ([0-9]+)\n", Pattern.MULTILINE).matcher(output);
        int last = 0;
        while (lines.find()) {
            last = Integer.parseInt(lines.group(1));
        }
        return last;
    }

    /// Starts `java -cp classPath arguments…` on the JDK that runs the test.
    ///
    /// @param arguments JVM flags, the main class and its own arguments
    public static JavaProcess start(String classPath, String... arguments) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                Stream.concat(Stream.of(java, "-cp", classPath), Stream.of(arguments)).toList();
        var started =
                new JavaProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
        started.reader.start();
        return started;
    }

    /// Waits for a line in which `regex` is found, from the line after the last such match on.
    ///
    /// @throws AssertionError with the output so far, when the limit passes or the output ends
    ///   first
    public synchronized MatchResult awaitLine(String regex, Duration limit)
            throws InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            while (linesMatched < lines.size()) {
                Matcher matcher = pattern.matcher(lines.get(linesMatched++));
                if (matcher.find()) {
                    return matcher.toMatchResult();
                }
            }
            long leftNanos = deadlineNanos - System.nanoTime();
            if (ended || leftNanos <= 0) {
                throw new AssertionError(
                        "no line matched /%s/ %s; output so far:%n%s"
                                .formatted(
                                        regex,
                                        ended ? "before the output ended" : "within " + limit,
                                        output()));
            }
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
        }
    }

    /// Waits for the program to end by itself and gives its exit code.
    ///
    /// @throws AssertionError with the output so far, when the limit passes first
    public int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit) || !reader.join(limit)) {
            throw new AssertionError(
                    "process %d still ran after %s; output so far:%n%s"
                            .formatted(process.pid(), limit, output()));
        }
        return process.exitValue();
    }

    /// Asks the process to stop, as `kill` and a cluster do (SIGTERM); its shutdown hooks run.
    public void stop() {
        process.toHandle().destroy();
    }

    /// Its number, as the system knows it.
    public long pid() {
        return process.pid();
    }

    /// Kills the process as a power cut would (SIGKILL: no shutdown hook runs) and waits until it
    /// is gone. What it had printed is still read; [#awaitExit] waits for the last of it.
    public void kill() {
        // Through its handle: Process.destroyForcibly would also close the pipe under the reader.
        process.toHandle().destroyForcibly();
        process.onExit().orTimeout(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    /// Everything printed so far.
    public synchronized String output() {
        return String.join("\n", lines);
    }

    /// Kills the process if it still runs.
    @Override
    public void close() {
        kill();
    }

    private void read() {
        try (var output = process.inputReader()) {
            output.lines().forEach(this::append);
        } catch (IOException e) {
            append("output could not be closed: " + e);
        } finally {
            end();
        }
    }

    private synchronized void append(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }
}
