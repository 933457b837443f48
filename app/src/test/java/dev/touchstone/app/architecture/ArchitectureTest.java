package dev.touchstone.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The house")
class ArchitectureTest {
    private static final Path ROOT = root();

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.touchstone");

    /// Where the wall clock, threads and true randomness are allowed: the outermost edge, and the
    /// test kit, which starts and kills real processes. Nothing below depends on the kernels'
    /// threads: whoever wants them hands them in.
    private static final String[] EDGE = {
        "dev.touchstone.app.internal.edge..",
        "dev.touchstone.kernels.threads..",
        "dev.touchstone.testkit.."
    };

    private static final Set<String> CLOCKS =
            Set.of(
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.time.Instant.now",
                    "java.time.LocalDate.now",
                    "java.time.LocalDateTime.now",
                    "java.time.LocalTime.now",
                    "java.time.OffsetDateTime.now",
                    "java.time.ZonedDateTime.now",
                    "java.time.Clock.systemUTC",
                    "java.time.Clock.systemDefaultZone",
                    "java.time.Clock.system",
                    "java.time.InstantSource.system");

    private static final Set<String> THREADS =
            Set.of(
                    "java.lang.Thread.<init>",
                    "java.lang.Thread.sleep",
                    "java.lang.Thread.start",
                    "java.lang.Thread.startVirtualThread",
                    "java.lang.Thread.ofVirtual",
                    "java.lang.Thread.ofPlatform",
                    "java.util.Timer.<init>",
                    "java.util.concurrent.CompletableFuture.runAsync",
                    "java.util.concurrent.CompletableFuture.supplyAsync",
                    "java.util.concurrent.TimeUnit.sleep");

    private static final Set<String> RANDOMNESS =
            Set.of(
                    "java.lang.Math.random",
                    "java.util.Random.<init>",
                    "java.util.UUID.randomUUID",
                    "java.security.SecureRandom.<init>",
                    "java.util.concurrent.ThreadLocalRandom.current",
                    "java.util.random.RandomGenerator.getDefault",
                    "java.util.random.RandomGenerator.of");

    @Test
    void has_floors_and_dependencies_point_downwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("app")
                .definedBy("dev.touchstone.app..")
                .layer("arena")
                .definedBy("dev.touchstone.arena..")
                .layer("operations")
                .definedBy("dev.touchstone.guardrails..", "dev.touchstone.capacity..")
                .optionalLayer("systems")
                .definedBy("dev.touchstone.features..", "dev.touchstone.llm..")
                .layer("foundation")
                .definedBy(
                        "dev.touchstone.kernels..",
                        "dev.touchstone.simulation..",
                        "dev.touchstone.telemetry..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("arena")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("operations")
                .mayOnlyBeAccessedByLayers("arena", "app")
                .whereLayer("systems")
                .mayOnlyBeAccessedByLayers("operations", "arena", "app")
                .check(CLASSES);
    }

    @Test
    void opens_its_internal_rooms_to_nobody_outside_the_module() {
        for (JavaClass type : CLASSES) {
            String room = type.getPackageName();
            int internal = room.indexOf(".internal");
            if (internal < 0) {
                continue;
            }
            String module = room.substring(0, internal);
            assertThat(type.getDirectDependenciesToSelf())
                    .as("users of %s", type.getName())
                    .allMatch(dependency ->
                            dependency.getOriginClass().getPackageName().startsWith(module));
        }
    }

    /// A front door and the rooms behind it may know each other, as a module's root package and its
    /// rooms do; the rooms may not go round in circles.
    @Test
    void has_no_cycles_between_packages_of_a_module() {
        slices().matching("dev.touchstone.(*).(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        resideInAPackage("dev.touchstone.arena.practice"),
                        resideInAPackage("dev.touchstone.arena.internal.practice.."))
                .check(CLASSES);
    }

    @Test
    void reads_the_clock_only_at_the_edge() {
        refuse("clock", CLOCKS);
    }

    @Test
    void sleeps_and_starts_threads_only_at_the_edge() {
        refuse("threads", THREADS);
        noClasses()
                .that()
                .resideOutsideOfPackages(EDGE)
                .should()
                .dependOnClassesThat(
                        describe(
                                "executors",
                                type ->
                                        type.getName().equals("java.util.concurrent.Executors")
                                                || type.getName()
                                                        .equals(
                                                                "java.util.concurrent.ForkJoinPool")))
                .check(CLASSES);
    }

    @Test
    void draws_true_randomness_only_at_the_edge() {
        refuse("randomness", RANDOMNESS);
    }

    @Test
    void makes_seeded_generators_only_in_the_simulation() {
        noClasses()
                .that(
                        describe(
                                "outside simulation",
                                type -> !type.getPackageName().equals("dev.touchstone.simulation")))
                .should()
                .callConstructor(java.util.SplittableRandom.class, long.class)
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foundation/simulation",
                "foundation/telemetry",
                "foundation/testkit",
                "foundation/kernels",
                "operations/guardrails",
                "operations/capacity",
                "systems/features",
                "systems/llm",
                "arena",
                "app"
            })
    void refuses_null_by_default_in_every_module(String module) throws IOException {
        String declaration =
                Files.readString(ROOT.resolve(module).resolve("src/main/java/module-info.java"));
        assertThat(declaration).contains("@NullMarked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "README.md"})
    void names_only_classes_that_exist_in(String document) throws IOException {
        Set<String> known =
                Stream.concat(
                                CLASSES.stream().map(JavaClass::getName),
                                CLASSES.stream().map(JavaClass::getSimpleName))
                        .collect(Collectors.toCollection(TreeSet::new));
        known.add("ArchitectureTest");
        Matcher names =
                Pattern.compile(
                                "`((?:dev\\.touchstone\\.[a-z.]+)?[A-Z][A-Za-z]+)(?:\\.[a-z]\\w*)?`")
                        .matcher(Files.readString(ROOT.resolve(document)));
        while (names.find()) {
            assertThat(known).as("named in %s", document).contains(names.group(1));
        }
    }

    private static void refuse(String what, Set<String> members) {
        noClasses()
                .that()
                .resideOutsideOfPackages(EDGE)
                .should()
                .accessTargetWhere(
                        target(
                                describe(
                                        what,
                                        (AccessTarget target) ->
                                                members.contains(
                                                        target.getOwner().getName()
                                                                + "."
                                                                + target.getName()))))
                .check(CLASSES);
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("ARCHITECTURE.md"))) {
            folder =
                    Objects.requireNonNull(
                            folder.getParent(), "ARCHITECTURE.md is in no folder above this one");
        }
        return folder;
    }
}
