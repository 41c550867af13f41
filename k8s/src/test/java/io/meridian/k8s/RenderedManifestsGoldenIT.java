// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operator's kubectl makes of the kustomizations; {@code -Dgolden.update} writes it down anew. */
class RenderedManifestsGoldenIT {
    static Stream<Path> sources() {
        return Manifests.SOURCES.stream();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void rendersAsWrittenDown(Path source) throws IOException, InterruptedException {
        Tools.Ended ended = Tools.run(List.of(Tools.kubectl().toString(), "kustomize", source.toString()), Map.of());

        assertThat(ended.status()).as(ended.output()).isZero();
        Path golden = Manifests.golden(source);
        if (System.getProperty("golden.update") != null) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, ended.output());
        }
        assertThat(ended.output()).isEqualTo(Files.readString(golden));
    }

    @Test
    void everyRequiredFieldIsThereAndOfItsType() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Tools.script("validate.mjs"));
        Manifests.SOURCES.forEach(source -> command.add(Manifests.golden(source).toString()));

        Tools.Ended ended = Tools.run(command, Map.of());

        assertThat(ended.output().strip().lines().reduce("", (_, last) -> last))
                .isEqualTo("32 of 32 objects are valid");
        assertThat(ended.status()).isZero();
    }
}
