package dev.touchstone.arena.internal;

/// Builds the deployments of one kind of incident.
public interface DeploymentFactory {
    /// What `deployment:` in an incident file calls it.
    String name();

    /// A deployment at the start of its history.
    Deployment build(Scene scene);
}
