// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.chaos.cluster.DockerMissing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the ways in which the script can end. */
class NodeImageTest {
    @TempDir
    Path root;

    private void script(String text) throws IOException {
        Path script = Files.createDirectories(root.resolve("k8s")).resolve("build-image");
        Files.writeString(script, "#!/bin/sh\n" + text + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void anImageThatWasBuiltHasItsName() throws Exception {
        script("exit 0");

        assertThat(NodeImage.ensure(root)).isEqualTo(NodeImage.NAME);
    }

    @Test
    void aBuildThatFailsIsNotTakenForAMissingDocker() throws IOException {
        script("echo why; echo 'the build failed'; exit 1");

        assertThatThrownBy(() -> NodeImage.ensure(root))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageEndingWith(": why\nthe build failed");
    }

    @Test
    void aMachineThatLacksSomethingSaysWhat() throws IOException {
        script("echo 'build-image: no busybox found'; exit 69");

        assertThatThrownBy(() -> NodeImage.ensure(root))
                .isExactlyInstanceOf(DockerMissing.class)
                .hasMessageContaining("no busybox found");
    }

    @Test
    void aMissingScriptIsAFault() {
        assertThatThrownBy(() -> NodeImage.ensure(root)).isExactlyInstanceOf(IOException.class);
    }
}
