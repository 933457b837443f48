package dev.touchstone.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/// Runs a parameterized test once for each of the seeds 0 to `value - 1`.
///
/// ```java
/// @ParameterizedTest(name = "seed {0}")
/// @Seeds(200)
/// void never_loses_a_block(long seed) {
///     var random = new SplittableRandom(seed);
/// ```
///
/// A failure is reported under its seed; `-Dtest.seed=17` on the Maven command line runs that case
/// alone.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(Seeds.Provider.class)
public @interface Seeds {
    /// How many seeds.
    int value();

    /// Hands the seeds to JUnit.
    final class Provider extends AnnotationBasedArgumentsProvider<Seeds> {
        /// For JUnit.
        public Provider() {}

        @Override
        protected Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context, Seeds seeds) {
            Long replay = Long.getLong("test.seed");
            return (replay == null ? LongStream.range(0, seeds.value()) : LongStream.of(replay))
                    .mapToObj(Arguments::of);
        }
    }
}
