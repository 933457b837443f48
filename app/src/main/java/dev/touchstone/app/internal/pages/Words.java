package dev.touchstone.app.internal.pages;

import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Rating;

/// What kinds, ratings and certainties are called on the pages.
public final class Words {
    private Words() {}

    public static String of(Brief.Kind kind) {
        return switch (kind) {
            case DESIGN -> "design challenge";
            case WAR_ROOM -> "war room";
            case ON_CALL -> "on-call page";
        };
    }

    public static String of(Item.Kind kind) {
        return switch (kind) {
            case CHALLENGE -> "challenge";
            case DRILL -> "drill";
            case CARD -> "card";
            case ERRATUM -> "spot the error";
        };
    }

    /// @param certainty 1, 2 or 3
    public static String certainty(int certainty) {
        return certainty == 1 ? "guess" : certainty == 2 ? "likely" : "certain";
    }

    /// What stands before the title: an id, but for cards, whose ids nobody knows.
    public static String chip(Item item) {
        return item.kind() == Item.Kind.CARD ? of(item.kind()) : item.id();
    }

    public static String of(Rating rating) {
        return switch (rating) {
            case AGAIN -> "Again";
            case HARD -> "Hard";
            case GOOD -> "Good";
            case EASY -> "Easy";
        };
    }
}
