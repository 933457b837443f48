package dev.touchstone.features.internal.online;

import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.window.WindowReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The cells of one read, in arrays that are filled again and again.
public final class OnlineCells implements WindowReader.Answers {
    private final long[] bits;
    private final @Nullable String[] texts;
    private final OnlineStatus[] status;
    private final long[] eventTimes;

    private int[] outputs = {};
    private int at;

    /// What cells without a value say.
    private OnlineStatus missing = OnlineStatus.NULL_VALUE;

    private long eventTime;

    public OnlineCells(int size) {
        bits = new long[size];
        texts = new String[size];
        status = new OnlineStatus[size];
        Arrays.fill(status, OnlineStatus.NOT_FOUND);
        eventTimes = new long[size];
    }

    /// What is in other cells now.
    public OnlineCells(OnlineCells other) {
        bits = other.bits.clone();
        texts = other.texts.clone();
        status = other.status.clone();
        eventTimes = other.eventTimes.clone();
    }

    public int size() {
        return bits.length;
    }

    public OnlineStatus status(int cell) {
        return status[cell];
    }

    /// A number's bits, 0 or 1; nothing that can be used for a text.
    public long bits(int cell) {
        return bits[cell];
    }

    public @Nullable String text(int cell) {
        return texts[cell];
    }

    public long eventTime(int cell) {
        return eventTimes[cell];
    }

    /// Puts a value into a cell, which is none of a view's.
    public void set(int cell, Value value) {
        missing = OnlineStatus.NULL_VALUE;
        eventTime = Times.MINUS_INFINITY;
        at = cell;
        value(value);
    }

    /// Puts a number's bits into a cell, which is none of a view's.
    public void set(int cell, long value) {
        eventTime = Times.MINUS_INFINITY;
        at = cell;
        present(value);
    }

    /// Puts what a formula gave into a cell.
    ///
    /// @param event of the latest of what it was computed from
    public void set(int cell, boolean isPresent, long value, @Nullable String text, long event) {
        eventTime = event;
        at = cell;
        present(isPresent ? value : 0);
        texts[cell] = isPresent ? text : null;
        status[cell] = isPresent ? OnlineStatus.PRESENT : OnlineStatus.NULL_VALUE;
    }

    /// Begins with the answers of another view.
    ///
    /// @param places where its wanted features go
    /// @param otherwise what cells without a value say
    /// @param event when what is answered happened
    void begin(int[] places, OnlineStatus otherwise, long event) {
        outputs = places;
        missing = otherwise;
        eventTime = event;
    }

    /// Says of all wanted features of a view that there is no value.
    void fillMissing() {
        for (int output : outputs) {
            at = output;
            nothing();
        }
    }

    @Override
    public void at(int feature) {
        at = outputs[feature];
    }

    private void present(long value) {
        bits[at] = value;
        texts[at] = null;
        status[at] = OnlineStatus.PRESENT;
        eventTimes[at] = eventTime;
    }

    @Override
    public void whole(long value) {
        present(value);
    }

    @Override
    public void real(double value) {
        present(Double.doubleToRawLongBits(value));
    }

    @Override
    public void nothing() {
        present(0);
        status[at] = missing;
    }

    @Override
    public void value(@Nullable Value value) {
        switch (value) {
            case null -> nothing();
            case Value.Real(double real) -> real(real);
            case Value.Whole(long whole) -> present(whole);
            case Value.Truth(boolean truth) -> present(truth ? 1 : 0);
            case Value.Text(String text) -> {
                present(0);
                texts[at] = text;
            }
            case Value.Missing _ -> nothing();
        }
    }
}
