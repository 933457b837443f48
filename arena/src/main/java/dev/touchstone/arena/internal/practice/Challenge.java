package dev.touchstone.arena.internal.practice;

import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Key;
import dev.touchstone.arena.practice.Reading;
import dev.touchstone.arena.practice.Solution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A challenge: what may be seen, and under lock what may not be seen yet.
public final class Challenge {
    private final Brief brief;
    private final List<Sealed<String>> hints;
    private final Sealed<Solution> solution;
    private final Sealed<Criteria> criteria;
    private final Sealed<Map<String, Reading>> readings;

    /// @param readings one a dimension
    public Challenge(
            Brief brief,
            List<String> hints,
            Solution solution,
            Criteria criteria,
            List<Reading> readings) {
        this.brief = brief;
        this.hints = new ArrayList<>();
        for (int i = 0; i < hints.size(); i++) {
            int index = i;
            this.hints.add(Sealed.of(hints.get(i), key -> key.opensHint(index)));
        }
        this.solution = Sealed.of(solution, Key::opensAnswer);
        this.criteria = Sealed.of(criteria, Key::opensGrade);
        var byDimension = new LinkedHashMap<String, Reading>();
        readings.forEach(reading -> byDimension.put(reading.dimension(), reading));
        this.readings = Sealed.of(byDimension, Key::opensGrade);
    }

    public Brief brief() {
        return brief;
    }

    /// @param index from 0
    public Sealed<String> hint(int index) {
        return hints.get(index);
    }

    public Sealed<Solution> solution() {
        return solution;
    }

    public Sealed<Criteria> criteria() {
        return criteria;
    }

    /// By dimension.
    public Sealed<Map<String, Reading>> readings() {
        return readings;
    }
}
