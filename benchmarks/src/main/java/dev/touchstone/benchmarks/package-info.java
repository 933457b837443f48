/// JMH benchmarks: every speed that the documentation claims is measured by a class in here.
///
/// Build with `./mvnw -DskipTests package -pl benchmarks -am`, list with `java -jar
/// benchmarks/target/benchmarks.jar -l`. The classes run from the class path, since JMH generates
/// code into their package.
@NullMarked
package dev.touchstone.benchmarks;

import org.jspecify.annotations.NullMarked;
