/// The deployment behind the long-context incident: a 13B chat service whose memory was cut for
/// short prompts. Start at [LongContextDeployment].
package dev.touchstone.arena.internal.longcontext;
