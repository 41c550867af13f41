// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A cluster for all tests of a class, in a static field that is registered as an extension. */
public final class RunningCluster implements BeforeAllCallback, AfterAllCallback {
    private final ClusterPlan plan;
    private @Nullable Path folder;
    private @Nullable LocalCluster cluster;

    public RunningCluster(ClusterPlan plan) {
        this.plan = plan;
    }

    /** The cluster; only while tests run. */
    public LocalCluster get() {
        return Objects.requireNonNull(cluster);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("cluster-");
        cluster = LocalCluster.start(plan, folder);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        if (folder != null) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
