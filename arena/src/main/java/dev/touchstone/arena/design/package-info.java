/// Designs that are run rather than read: the fleet that somebody proposes for the chat challenge,
/// under the challenge's load and under several times as much.
///
/// Start at [DesignTrial#run]. What is simulated is the router, the scheduler and the ladder that
/// also serve; a design only says how they are set.
package dev.touchstone.arena.design;
