package dev.touchstone.llm.training;

import dev.touchstone.llm.text.ChatMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The text that the small model learns from: data files beside this class, whose format their
/// first lines explain, and conversations that are drawn from them.
///
/// What a file marks with `~` is never drawn. It is what the [Exam] asks.
final class Corpus {
    /// A thing that can be asked about, and what there is to say.
    ///
    /// @param more what follows when somebody wants to know more
    private record Term(List<String> names, String answer, String more) {}

    /// Ways to ask one thing, and its answers.
    private record Talk(List<String> asked, List<String> heldOut, List<String> answers) {}

    /// One question of the exam.
    ///
    /// @param right every answer that counts
    /// @param outside whether the model is to say that it does not know
    record Question(String asked, List<String> right, boolean outside) {}

    private static final String[] FILES = {
        "glossary.txt", "patterns.txt", "questions.txt", "talk.txt", "outside.txt", "prose.txt"
    };

    private static final List<String> SYSTEM =
            List.of(
                    "You are a helpful assistant.",
                    "You are a concise assistant.",
                    "Answer in one sentence.",
                    "You are Touchstone's small demonstration model.");

    private static final List<String> OPENINGS =
            List.of(
                    "Hi,",
                    "Hello!",
                    "Hey,",
                    "Sorry,",
                    "Please:",
                    "Okay.",
                    "Well,",
                    "So,",
                    "Good morning.",
                    "One more:",
                    "Question:",
                    "Quick question:",
                    "I wonder:",
                    "Tell me,",
                    "Now,",
                    "And",
                    "By the way,",
                    "Another question:",
                    "I would like to know:",
                    "Maybe you know:");

    private static final List<String> CLOSINGS =
            List.of("Thanks.", "Please.", "Thank you!", "I am new here.", "Be brief.", "Any idea?");

    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private final List<Term> terms = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();
    private final Map<String, List<String>> slots = new HashMap<>();
    private final Map<String, List<String>> slotsHeldOut = new HashMap<>();
    private final List<String> prose = new ArrayList<>();
    private final List<String> proseHeldOut = new ArrayList<>();
    private final byte[] raw;
    private Talk ways = nothing();
    private Talk outside = nothing();
    private List<String> furtherQuestions = List.of();
    private List<Talk> questions = List.of();

    private Corpus(String[] texts) {
        readGlossary(texts[0]);
        List<Talk> patterns = readTalks(texts[1]);
        ways = patterns.get(0);
        furtherQuestions = patterns.get(1).asked;
        questions = readTalks(texts[2]);
        talks.addAll(readTalks(texts[3]));
        outside = readTalks(texts[4]).get(0);
        readProse(texts[5]);
        raw = String.join("\n", texts).getBytes(StandardCharsets.UTF_8);
    }

    /// The corpus that comes with this class.
    static Corpus read() {
        String[] texts = Arrays.stream(FILES).map(Corpus::text).toArray(String[]::new);
        return new Corpus(texts);
    }

    private static String text(String file) {
        try (InputStream in = Corpus.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the corpus lacks its file " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the corpus file " + file, e);
        }
    }

    /// All files one behind the other: what a checkpoint's check sum covers.
    byte[] raw() {
        return raw.clone();
    }

    private static Talk nothing() {
        return new Talk(List.of(), List.of(), List.of());
    }

    private void readGlossary(String text) {
        for (String entry : text.split("\n\n")) {
            var names = List.<String>of();
            String answer = "";
            String more = "";
            for (String line : entry.lines().toList()) {
                switch (mark(line)) {
                    case '=' -> names = List.of(content(line).split(" \\| "));
                    case '!' -> answer = content(line);
                    case '+' -> more = content(line);
                    default -> {}
                }
            }
            if (!names.isEmpty()) {
                terms.add(new Term(names, answer, more));
            }
        }
    }

    private List<Talk> readTalks(String text) {
        var found = new ArrayList<Talk>();
        for (String entry : text.split("\n\n")) {
            var talk = new Talk(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (String line : entry.lines().toList()) {
                switch (mark(line)) {
                    case '?' -> talk.asked.add(content(line));
                    case '~' -> talk.heldOut.add(content(line));
                    case '!' -> talk.answers.add(content(line));
                    case '@' -> readSlot(content(line));
                    default -> {}
                }
            }
            if (!talk.asked.isEmpty()) {
                found.add(talk);
            }
        }
        return found;
    }

    /// `name: a, b, ~c`: what stands for `{name}`.
    private void readSlot(String line) {
        int colon = line.indexOf(':');
        String name = line.substring(0, colon);
        for (String value : line.substring(colon + 1).split(",")) {
            String trimmed = value.strip();
            boolean hidden = trimmed.startsWith("~");
            (hidden ? slotsHeldOut : slots)
                    .computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(hidden ? trimmed.substring(1) : trimmed);
        }
    }

    private void readProse(String text) {
        for (String paragraph : text.split("\n\n")) {
            if (mark(paragraph) == '#') {
                continue;
            }
            boolean hidden = mark(paragraph) == '~';
            String joined = paragraph.strip().replace('\n', ' ');
            (hidden ? proseHeldOut : prose).add(hidden ? content(joined) : joined);
        }
    }

    private static char mark(String line) {
        return line.isEmpty() ? ' ' : line.charAt(0);
    }

    private static String content(String line) {
        return line.substring(1).strip();
    }

    /// A paragraph of plain text.
    String drawProse(RandomGenerator random) {
        return pick(prose, random);
    }

    /// A conversation, mostly of one question, sometimes of many.
    List<ChatMessage> drawConversation(RandomGenerator random) {
        var messages = new ArrayList<ChatMessage>();
        if (random.nextInt(100) < 12) {
            messages.add(new ChatMessage("system", pick(SYSTEM, random)));
        }
        int length = random.nextInt(100);
        int turns = length < 70 ? 1 : length < 95 ? random.nextInt(2, 4) : random.nextInt(4, 15);
        String more = "";
        for (int turn = 0; turn < turns; turn++) {
            if (!more.isEmpty() && random.nextInt(100) < 50) {
                ask(messages, blur(pick(furtherQuestions, random), random), more);
                more = "";
            } else {
                more = drawTurn(messages, random);
            }
        }
        return messages;
    }

    /// @return what there is to say when somebody wants to know more; empty if nothing
    private String drawTurn(List<ChatMessage> messages, RandomGenerator random) {
        int kind = random.nextInt(100);
        if (kind < 50) {
            Term term = pick(terms, random);
            ask(messages, blur(askAbout(pick(term.names, random), random), random), term.answer);
            return term.more;
        }
        if (kind < 65) {
            String asked = fill(pick(outside.asked, random), slots, random);
            ask(messages, blur(asked, random), pick(outside.answers, random));
        } else if (kind < 78) {
            // In the words that ask about terms, so that the term alone decides.
            String unknown =
                    random.nextInt(3) == 0 ? pick(slot(slots, "thing"), random) : nonsense(random);
            ask(messages, blur(askAbout(unknown, random), random), pick(outside.answers, random));
        } else {
            Talk talk = pick(kind < 90 ? questions : talks, random);
            ask(messages, blur(pick(talk.asked, random), random), pick(talk.answers, random));
        }
        return "";
    }

    private String askAbout(String term, RandomGenerator random) {
        return pick(ways.asked, random).replace("{term}", term);
    }

    private static void ask(List<ChatMessage> messages, String asked, String answer) {
        messages.add(new ChatMessage("user", asked));
        messages.add(new ChatMessage("assistant", answer));
    }

    private static String fill(
            String pattern, Map<String, List<String>> values, RandomGenerator random) {
        String filled = pattern;
        while (filled.contains("{")) {
            int open = filled.indexOf('{');
            int close = filled.indexOf('}', open);
            String name = filled.substring(open + 1, close);
            String value =
                    name.equals("nonsense") ? nonsense(random) : pick(slot(values, name), random);
            filled = filled.substring(0, open) + value + filled.substring(close + 1);
        }
        return filled;
    }

    private static List<String> slot(Map<String, List<String>> values, String name) {
        List<String> found = values.get(name);
        if (found == null) {
            throw new IllegalStateException("the corpus has no line '@ %s: …'".formatted(name));
        }
        return found;
    }

    /// An abbreviation or a word that means nothing.
    private static String nonsense(RandomGenerator random) {
        var word = new StringBuilder();
        if (random.nextBoolean()) {
            for (int i = random.nextInt(2, 6); i > 0; i--) {
                word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
        } else {
            for (int i = random.nextInt(2, 5); i > 0; i--) {
                word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
                word.append("aeiou".charAt(random.nextInt(5)));
            }
            return word.toString().toLowerCase(Locale.ROOT);
        }
        return word.toString();
    }

    /// Writes a question as somebody in a hurry might.
    private static String blur(String asked, RandomGenerator random) {
        String text = asked;
        if (random.nextInt(100) < 15) {
            text = pick(OPENINGS, random) + " " + text;
        }
        if (random.nextInt(100) < 8) {
            text = text + " " + pick(CLOSINGS, random);
        }
        if (random.nextInt(100) < 25) {
            text = text.toLowerCase(Locale.ROOT);
        }
        if (random.nextInt(100) < 20 && (text.endsWith("?") || text.endsWith("."))) {
            text = text.substring(0, text.length() - 1);
        }
        if (random.nextInt(100) < 6 && text.length() > 12) {
            int at = random.nextInt(1, text.length() - 2);
            text = text.substring(0, at) + text.substring(at + 1);
        }
        return text;
    }

    private static <T> T pick(List<T> all, RandomGenerator random) {
        return all.get(random.nextInt(all.size()));
    }

    /// Every question that was kept from training: each term asked in one way nobody was taught,
    /// and as many things again that the model cannot know.
    List<Question> exam(RandomGenerator random) {
        var exam = new ArrayList<Question>();
        for (Term term : terms) {
            String asked = pick(ways.heldOut, random).replace("{term}", pick(term.names, random));
            exam.add(new Question(asked, List.of(term.answer), false));
        }
        for (Talk talk : questions) {
            talk.heldOut.forEach(asked -> exam.add(new Question(asked, talk.answers, false)));
        }
        for (Talk talk : talks) {
            talk.heldOut.forEach(asked -> exam.add(new Question(asked, talk.answers, false)));
        }
        for (String asked : outside.heldOut) {
            for (int i = 0; i < 4; i++) {
                String filled = fill(asked, slotsHeldOut, random);
                exam.add(new Question(filled, outside.answers, true));
            }
        }
        return exam;
    }

    /// Paragraphs that were kept from training.
    List<String> proseHeldOut() {
        return List.copyOf(proseHeldOut);
    }
}
