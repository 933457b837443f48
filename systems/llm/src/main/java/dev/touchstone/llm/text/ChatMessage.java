package dev.touchstone.llm.text;

/// One message of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant` or `tool`
public record ChatMessage(String role, String content) {}
