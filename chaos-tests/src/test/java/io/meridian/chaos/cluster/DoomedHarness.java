// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import io.meridian.chaos.Redis;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A program that starts a cluster, tells its processes, and waits to be killed. */
final class DoomedHarness {
    private DoomedHarness() {}

    public static void main(String[] args) throws Exception {
        ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 1), Redis.launcher(), Path.of(args[0]));
        cluster.start();
        cluster.layout().nodes().forEach(node -> Redis.awaitAnswer(cluster, node));
        System.out.println(cluster.layout().nodes().stream()
                .map(node -> Long.toString(cluster.process(node).pid()))
                .collect(Collectors.joining(" ")));
        new CountDownLatch(1).await();
    }
}
