package dev.touchstone.llm.cpu;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tokens of a model as its file spells them.
///
/// @param spellings in the alphabet of the file; see [Spelling]
/// @param controls tokens that stand for no text
/// @param plain tokens that are spelled as the text they stand for, whatever the alphabet
record Vocabulary(List<String> spellings, Map<String, Integer> ids, BitSet controls, BitSet plain) {

    static Vocabulary of(List<String> spellings, BitSet controls, BitSet plain) {
        Map<String, Integer> ids = HashMap.newHashMap(spellings.size());
        for (int i = 0; i < spellings.size(); i++) {
            ids.putIfAbsent(spellings.get(i), i);
        }
        return new Vocabulary(spellings, ids, controls, plain);
    }

    int size() {
        return spellings.size();
    }

    /// The token with this spelling; -1 for none.
    int id(String spelling) {
        return ids.getOrDefault(spelling, -1);
    }
}
