// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What a folder of manifests is rendered to, as typed objects.
 *
 * @param name of the region that they make
 */
record Manifests(String name, List<HasMetadata> objects) {
    /** Each kustomization, below the folder of this module, that is applied. */
    static final List<Path> SOURCES = List.of(
            Path.of("base"),
            Path.of("overlays", "us-east"),
            Path.of("overlays", "eu-west"),
            Path.of("overlays", "ap-south"));

    /** The ones that make one cluster together. */
    static final List<String> REGIONS = List.of("us-east", "eu-west", "ap-south");

    /** What kubectl rendered from a kustomization when somebody last looked at it. */
    static Path golden(Path source) {
        return Path.of("src", "test", "resources", "golden", source.getFileName() + ".yaml");
    }

    static Manifests read(String name) throws IOException {
        return parse(name, Files.readString(golden(Path.of(name))));
    }

    /** Fails where a document is not of a kind, and with fields of the types, that Kubernetes knows. */
    static Manifests parse(String name, String yaml) {
        KubernetesSerialization serialization = new KubernetesSerialization();
        List<HasMetadata> objects = Arrays.stream(yaml.split("(?m)^---$", -1))
                .<HasMetadata>map(serialization::unmarshal)
                .toList();
        return new Manifests(name, objects);
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T only(Class<T> type) {
        List<T> found = all(type);
        if (found.size() != 1) {
            throw new AssertionError(name + " has " + found.size() + " of " + type.getSimpleName() + ", not one");
        }
        return found.getFirst();
    }

    StatefulSet statefulSet() {
        return only(StatefulSet.class);
    }

    PodSpec pod() {
        return statefulSet().getSpec().getTemplate().getSpec();
    }

    /** The only container of a pod. */
    Container node() {
        List<Container> containers = pod().getContainers();
        if (containers.size() != 1) {
            throw new AssertionError(name + " has pods of " + containers.size() + " containers, not one");
        }
        return containers.getFirst();
    }

    /** The names that the pods will have. */
    List<String> podNames() {
        StatefulSet set = statefulSet();
        return IntStream.range(0, set.getSpec().getReplicas())
                .mapToObj(ordinal -> set.getMetadata().getName() + "-" + ordinal)
                .toList();
    }

    String nodeYaml() {
        return Objects.requireNonNull(only(ConfigMap.class).getData().get("node.yaml"));
    }
}
