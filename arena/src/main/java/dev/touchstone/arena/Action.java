package dev.touchstone.arena;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;

/// One thing a player does in an incident. A run is its seed and its list of actions, in order:
/// time passes only through [Wait] and through what the other actions cost, so the list alone
/// replays it.
///
/// The JSON form is the record's components plus `"do"`, the action's name: `{"do": "pull",
/// "lever": "context-cap", "option": "8k"}`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Action.Wait.class, name = "wait"),
    @JsonSubTypes.Type(value = Action.Probe.class, name = "probe"),
    @JsonSubTypes.Type(value = Action.Pull.class, name = "pull"),
    @JsonSubTypes.Type(value = Action.Announce.class, name = "announce"),
    @JsonSubTypes.Type(value = Action.Note.class, name = "note"),
    @JsonSubTypes.Type(value = Action.Cite.class, name = "cite"),
    @JsonSubTypes.Type(value = Action.Declare.class, name = "declare"),
})
public sealed interface Action {
    /// Lets virtual time pass.
    record Wait(Duration duration) implements Action {}

    /// Looks at something; costs the virtual time the incident file gives it.
    record Probe(String probe) implements Action {}

    /// Sets a lever to one of its options; takes effect once its cost in virtual time has passed.
    record Pull(String lever, String option) implements Action {}

    /// Tells the people affected what is known, in one line.
    record Announce(String status) implements Action {}

    /// A note to oneself: free, kept with the run, not graded.
    record Note(String text) implements Action {}

    /// Cites a signal (a panel's line or a probe's finding) as evidence for the cause.
    record Cite(String signal) implements Action {}

    /// Declares the cause and hands over; no further action is accepted. The clock then runs out
    /// with the deployment as it stands, so that an early declaration of an unmended fault still
    /// costs what it costs.
    ///
    /// @param component the id of the part at fault, from the incident's vocabulary
    /// @param mechanisms the ids of what it did, most important first
    /// @param onset when it began, relative to the page: negative is before the page
    /// @param gates the ids of the gates that would have stopped it
    record Declare(String component, List<String> mechanisms, Duration onset, List<String> gates)
            implements Action {
        public Declare {
            mechanisms = List.copyOf(mechanisms);
            gates = List.copyOf(gates);
        }
    }
}
