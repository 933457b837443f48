/// Every speed that the documentation claims is measured by a class in here.
///
/// `benchmarks/measure` runs all of them and prints the table of `docs/performance.md`. One alone:
/// build with `./mvnw -Dmaven.test.skip package -pl benchmarks -am`, then `java -jar
/// benchmarks/target/benchmarks.jar SchedulerBenchmark`; `-l` lists them. [Episodes] and
/// [IncidentBenchmark] are programs of their own as well.
///
/// The classes run from the class path, since JMH generates code into their package. Nothing else
/// depends on them, so they may read clocks and start threads.
@NullMarked
package dev.touchstone.benchmarks;

import org.jspecify.annotations.NullMarked;
