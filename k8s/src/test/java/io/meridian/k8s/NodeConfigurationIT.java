// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every pod would start as the node that it is meant to be: its environment and its files go to the real launcher. */
class NodeConfigurationIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"base, local, 3, 1", "us-east, us-east, 9, 3", "eu-west, eu-west, 9, 3", "ap-south, ap-south, 9, 3"})
    void eachPodIsANodeOfItsRegion(String name, String region, int nodes, int regions) throws Exception {
        Manifests manifests = Manifests.read(name);

        assertThat(manifests.podNames()).hasSize(3);
        for (String pod : manifests.podNames()) {
            Tools.Ended ended = check(manifests, pod);

            assertThat(ended.output())
                    .contains("is good: node " + pod + " of region " + region + " in cluster meridian, one of " + nodes
                            + " nodes in " + regions + " regions")
                    .doesNotContain("warning");
            assertThat(ended.status()).isZero();
        }
    }

    @Test
    void aPodThatIsNoNodeIsRefused() throws Exception {
        Manifests manifests = Manifests.read("us-east");

        Tools.Ended ended = check(manifests, "meridian-us-east-3");

        assertThat(ended.status()).isEqualTo(78);
        assertThat(ended.output()).contains("meridian-us-east-3");
    }

    /** The name that the headless service gives a pod is where node.yaml tells the other nodes to find it. */
    @ParameterizedTest
    @CsvSource({"base, ''", "us-east, .meridian.svc.cluster.local", "eu-west, .meridian.svc.cluster.local"})
    void eachNodeIsWhereItsPodIs(String name, String domain) throws IOException {
        Manifests manifests = Manifests.read(name);
        String service = manifests.statefulSet().getSpec().getServiceName();

        for (String pod : manifests.podNames()) {
            assertThat(manifests.nodeYaml()).contains(pod + ": \"" + pod + "." + service + domain + ":7400\"");
        }
    }

    /** As the container's command would, with its variables, and its files at another place. */
    private Tools.Ended check(Manifests manifests, String pod) throws IOException, InterruptedException {
        Path tokens = Files.createDirectories(folder.resolve("tokens"));
        Files.writeString(tokens.resolve("default"), "a-token-of-a-test\n");
        String yaml = manifests
                .nodeYaml()
                .replace(mountPath(manifests, "tokens"), tokens.toString())
                .replace("data: " + mountPath(manifests, "data"), "data: " + folder.resolve("data"));
        List<String> arguments = manifests.node().getArgs();
        assertThat(arguments).startsWith("server", "--config").hasSize(3);
        assertThat(arguments.getLast()).isEqualTo(mountPath(manifests, "config") + "/node.yaml");
        Path file = Files.writeString(folder.resolve("node.yaml"), yaml);
        return Tools.run(
                List.of(Tools.launcher().toString(), "config", "check", "--config", file.toString()),
                environment(manifests, pod));
    }

    private static String mountPath(Manifests manifests, String volume) {
        return manifests.node().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals(volume))
                .map(VolumeMount::getMountPath)
                .findFirst()
                .orElseThrow();
    }

    /** What the kubelet would set. */
    private static Map<String, String> environment(Manifests manifests, String pod) {
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : manifests.node().getEnv()) {
            if (variable.getValueFrom() == null) {
                environment.put(variable.getName(), variable.getValue());
            } else if (variable.getValueFrom().getSecretKeyRef() != null) {
                environment.put(variable.getName(), "a-secret-of-a-test");
            } else {
                assertThat(variable.getValueFrom().getFieldRef().getFieldPath()).isEqualTo("metadata.name");
                environment.put(variable.getName(), pod);
            }
        }
        return environment;
    }
}
