package dev.touchstone.llm.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Turns the bytes of an answer's tokens into text that can be shown, as they come.
///
/// A token may end in the middle of a character or of a stop string. What could still turn out to
/// be part of a stop string is held back until that is certain, so nothing is ever shown that has
/// to be taken back.
public final class AnswerText {
    private final List<String> stops;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);

    /// Bytes of a character that has begun and not ended.
    private ByteBuffer begun = ByteBuffer.allocate(64).limit(0);

    /// Text that is decoded and not shown.
    private final StringBuilder held = new StringBuilder();

    private long decodedChars;
    private boolean stopped;

    /// @param stops the one that is complete first ends the answer, and is not part of it; none is
    ///   empty
    public AnswerText(List<String> stops) {
        this.stops = List.copyOf(stops);
        if (this.stops.contains("")) {
            throw new IllegalArgumentException("a stop string needs at least 1 character");
        }
    }

    /// Takes the bytes of the next token and returns what can be shown now. What a token holds
    /// beyond a stop string is dropped.
    public String add(byte[] bytes) {
        if (stopped) {
            throw new IllegalStateException("the answer has reached a stop string and is over");
        }
        decode(bytes, false);
        return release();
    }

    /// The answer is over without a stop string: returns the rest of it. Half a character at its
    /// end is shown as U+FFFD.
    public String end() {
        if (stopped) {
            return "";
        }
        decode(new byte[0], true);
        String rest = release();
        String last = held.toString();
        held.setLength(0);
        return rest + last;
    }

    /// Whether a stop string has come.
    public boolean stopped() {
        return stopped;
    }

    /// Characters up to here, held ones and a begun one included.
    public long takenChars() {
        return decodedChars + (begun.hasRemaining() ? 1 : 0);
    }

    /// Characters shown.
    public long shownChars() {
        return decodedChars - held.length();
    }

    private void decode(byte[] bytes, boolean last) {
        ByteBuffer in = ByteBuffer.allocate(begun.remaining() + bytes.length);
        in.put(begun).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, last);
        begun = in;
        decodedChars += out.position();
        held.append(out.flip());
    }

    private String release() {
        int from = held.length();
        int to = Integer.MAX_VALUE;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            int end = at + stop.length();
            if (at >= 0 && (end < to || (end == to && at < from))) {
                stopped = true;
                from = at;
                to = end;
            }
        }
        if (!stopped) {
            from -= longestBeginning();
        }
        String shown = held.substring(0, from);
        held.delete(0, from);
        return shown;
    }

    /// Characters at the end of what is held with which a stop string begins.
    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            int most = Math.min(stop.length() - 1, held.length());
            for (int length = most; length > longest; length--) {
                if (held.indexOf(stop.substring(0, length), held.length() - length) >= 0) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
