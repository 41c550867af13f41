// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is rendered fits together, and Kubernetes knows every word of it. */
class ManifestsTest {
    private static final int OBJECTS_MIN = 8;

    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void everyFieldIsKnown(String name) throws IOException {
        List<HasMetadata> objects = Manifests.read(name).objects();

        assertThat(objects).hasSizeGreaterThanOrEqualTo(OBJECTS_MIN).allSatisfy(object -> {
            assertThat(object).isNotInstanceOf(GenericKubernetesResource.class);
            assertThat(UnknownFields.of(object)).isEmpty();
        });
    }

    @Test
    void misspeltFieldsUnknownKindsAndWrongTypesAreFound() throws IOException {
        String yaml = Files.readString(Manifests.golden(Path.of("base")));

        assertThat(UnknownFields.of(Manifests.parse("bad", yaml.replace("readOnlyRootFilesystem", "readOnlyRootFs"))
                        .statefulSet()))
                .containsExactly("StatefulSet.Spec.Template.Spec.Containers[0].SecurityContext.readOnlyRootFs");
        assertThat(Manifests.parse("bad", yaml.replace("kind: StatefulSet", "kind: StatefulSett"))
                        .objects())
                .hasAtLeastOneElementOfType(GenericKubernetesResource.class);
        assertThatThrownBy(() -> Manifests.parse("bad", yaml.replace("replicas: 3", "replicas: three")))
                .hasMessageContaining("three");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void everySelectorMatchesThePods(String name) throws IOException {
        Manifests manifests = Manifests.read(name);
        Map<String, String> labels =
                manifests.statefulSet().getSpec().getTemplate().getMetadata().getLabels();

        assertThat(labels)
                .containsAllEntriesOf(
                        manifests.statefulSet().getSpec().getSelector().getMatchLabels())
                .containsAllEntriesOf(manifests
                        .only(PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .containsAllEntriesOf(manifests
                        .only(NetworkPolicy.class)
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels());
        assertThat(manifests.all(Service.class))
                .hasSize(3)
                .allSatisfy(service -> assertThat(labels)
                        .containsAllEntriesOf(service.getSpec().getSelector()));
        assertThat(manifests.pod().getTopologySpreadConstraints())
                .isNotEmpty()
                .allSatisfy(spread -> assertThat(labels)
                        .containsAllEntriesOf(spread.getLabelSelector().getMatchLabels()));
    }

    @Test
    void noSelectorOfARegionMatchesAnothersPodsButEachTakesItsPeers() throws IOException {
        Map<String, String> abroad = Manifests.read("eu-west")
                .statefulSet()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        Manifests manifests = Manifests.read("us-east");

        Stream<Map<String, String>> selectors = Stream.concat(
                manifests.all(Service.class).stream()
                        .map(service -> service.getSpec().getSelector()),
                Stream.of(
                        manifests.statefulSet().getSpec().getSelector().getMatchLabels(),
                        manifests
                                .only(PodDisruptionBudget.class)
                                .getSpec()
                                .getSelector()
                                .getMatchLabels()));
        assertThat(selectors)
                .hasSize(5)
                .allSatisfy(selector -> assertThat(abroad.entrySet().containsAll(selector.entrySet()))
                        .isFalse());
        NetworkPolicyIngressRule peers = manifests.only(NetworkPolicy.class).getSpec().getIngress().stream()
                .filter(rule ->
                        rule.getPorts().stream().anyMatch(port -> port.getPort().equals(new IntOrString("peer"))))
                .findFirst()
                .orElseThrow();
        assertThat(peers.getFrom()).hasSize(1).allSatisfy(from -> {
            assertThat(from.getPodSelector().getMatchLabels()).isNullOrEmpty();
            assertThat(from.getPodSelector().getMatchExpressions())
                    .hasSize(1)
                    .allSatisfy(expression ->
                            assertThat(expression.getValues()).containsExactly(abroad.get(expression.getKey())));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void portsAreNamedOnceAndFoundByServicesProbesAndPolicy(String name) throws IOException {
        Manifests manifests = Manifests.read(name);
        Container node = manifests.node();
        Set<String> ports =
                node.getPorts().stream().map(port -> port.getName()).collect(Collectors.toCollection(TreeSet::new));

        assertThat(ports).containsExactly("admin", "peer", "resp", "rest");
        assertThat(manifests.all(Service.class))
                .allSatisfy(service -> assertThat(service.getSpec().getPorts())
                        .extracting(ServicePort::getTargetPort)
                        .extracting(IntOrString::getStrVal)
                        .isSubsetOf(ports));
        assertThat(List.of(node.getStartupProbe(), node.getLivenessProbe()))
                .allSatisfy(probe -> assertAsks(probe, "/livez"));
        assertAsks(node.getReadinessProbe(), "/readyz");
        assertThat(manifests.only(NetworkPolicy.class).getSpec().getIngress())
                .allSatisfy(rule -> assertThat(rule.getPorts())
                        .extracting(port -> port.getPort().getStrVal())
                        .isSubsetOf(ports));
    }

    private static void assertAsks(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void podsMayDoNothingThatTheyNeedNot(String name) throws IOException {
        Manifests manifests = Manifests.read(name);
        PodSpec pod = manifests.pod();
        Container node = manifests.node();

        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(node.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(node.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(node.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(node.getResources().getLimits()).containsKey("memory");
        assertThat(node.getResources().getRequests()).containsKeys("cpu", "memory");
        assertThat(manifests.all(Secret.class)).isEmpty();
        assertThat(manifests.nodeYaml()).doesNotContain("token:");
    }

    /** Else whoever reaches the peer port could pose as a node. */
    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void nodesKnowEachOtherByASecretThatIsInNoManifest(String name) throws IOException {
        assertThat(Manifests.read(name).node().getEnv())
                .filteredOn(variable -> variable.getName().equals("MERIDIAN_PEER_SECRET"))
                .singleElement()
                .satisfies(variable -> {
                    assertThat(variable.getValue()).isNull();
                    assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                            .isEqualTo("meridian-peers");
                    assertThat(variable.getValueFrom().getSecretKeyRef().getOptional())
                            .isNull();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "us-east", "eu-west", "ap-south"})
    void everyVolumeIsMountedAndTheConfigurationAmongThem(String name) throws IOException {
        Manifests manifests = Manifests.read(name);
        Stream<String> volumes = Stream.concat(
                manifests.pod().getVolumes().stream().map(Volume::getName),
                manifests.statefulSet().getSpec().getVolumeClaimTemplates().stream()
                        .map(claim -> claim.getMetadata().getName()));

        assertThat(manifests.node().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(volumes.toList());
        String config = manifests.pod().getVolumes().stream()
                .filter(volume -> volume.getConfigMap() != null)
                .map(volume -> volume.getConfigMap().getName())
                .findFirst()
                .orElseThrow();
        assertThat(config)
                .isEqualTo(manifests
                        .only(io.fabric8.kubernetes.api.model.ConfigMap.class)
                        .getMetadata()
                        .getName());
    }

    @Test
    void allRegionsReadTheSameConfiguration() throws IOException {
        String first = Manifests.read("us-east").nodeYaml();

        for (String region : Manifests.REGIONS) {
            assertThat(Manifests.read(region).nodeYaml()).isEqualTo(first);
        }
    }

    @Test
    void stoppingTakesLessThanTheGracePeriod() throws IOException {
        Manifests manifests = Manifests.read("us-east");
        long preStop = Long.parseLong(manifests
                .node()
                .getLifecycle()
                .getPreStop()
                .getExec()
                .getCommand()
                .getLast());

        // timeouts.shutdown in the configuration
        assertThat(manifests.nodeYaml()).contains("shutdown: 20s");
        assertThat(preStop + 20).isLessThan(manifests.pod().getTerminationGracePeriodSeconds());
    }
}
