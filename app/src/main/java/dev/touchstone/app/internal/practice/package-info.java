/// What a person does in the practice arena, kept: attempts, grades, reviews, profiles.
///
/// Start at [PracticeDesk]: pages and the API call nothing else. It decides nothing about an
/// attempt; that is the arena's. It loads an attempt's events, asks the attempt, and stores what
/// was accepted before it answers.
package dev.touchstone.app.internal.practice;
