package dev.touchstone.arena.internal;

/// Builds [ToyDeployment]s.
public final class ToyFactory implements DeploymentFactory {
    @Override
    public String name() {
        return "toy";
    }

    @Override
    public Deployment build(Scene scene) {
        return new ToyDeployment(scene);
    }
}
