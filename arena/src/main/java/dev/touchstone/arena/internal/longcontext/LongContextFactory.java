package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.arena.internal.Deployment;
import dev.touchstone.arena.internal.DeploymentFactory;
import dev.touchstone.arena.internal.Scene;

/// Builds the chat service of the long-context incident.
public final class LongContextFactory implements DeploymentFactory {
    @Override
    public String name() {
        return "long-context-chat";
    }

    @Override
    public Deployment build(Scene scene) {
        return new LongContextDeployment(scene);
    }
}
