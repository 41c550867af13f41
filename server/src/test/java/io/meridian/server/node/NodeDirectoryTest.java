// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.meridian.server.Configs;
import io.meridian.server.config.ConfigException;
import io.meridian.server.config.ConfigLoader;
import io.meridian.server.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void aFreshFolderBecomesTheNodes() throws Exception {
        try (NodeDirectory directory = NodeDirectory.open(config("us-1", ""))) {
            assertThat(directory.path()).isEqualTo(data());
        }

        assertThat(data().resolve("identity")).hasContent("format=1\ncluster=demo\nnode=us-1\ndatabase.default=0 us\n");
    }

    @Test
    void theSameNodeComesBack() throws Exception {
        NodeDirectory.open(config("us-1", "")).close();
        NodeDirectory.open(config("us-1", "")).close();
    }

    @Test
    void aFolderInUseIsRefusedWithTheHolder() throws Exception {
        NodeConfig config = config("us-1", "");

        try (NodeDirectory first = NodeDirectory.open(config)) {
            refuses(
                    config,
                    ExitCode.UNAVAILABLE,
                    first.path() + " is in use by process "
                            + ProcessHandle.current().pid());
        }

        NodeDirectory.open(config).close();
    }

    @Test
    void anotherNodesFolderIsRefused() throws Exception {
        NodeDirectory.open(config("us-1", "")).close();

        refuses(config("us-2", ""), ExitCode.CONFIG, "belongs to node 'us-1', not to 'us-2'");
        // The refusal gave the lock back.
        NodeDirectory.open(config("us-1", "")).close();
    }

    @Test
    void anotherClustersFolderIsRefused() throws Exception {
        identity("format=1\ncluster=other\nnode=us-1\n");

        refuses(config("us-1", ""), ExitCode.CONFIG, "belongs to cluster 'other', not to 'demo'");
    }

    @Test
    void aNewerVersionsFolderIsRefused() throws Exception {
        identity("format=2\nsomething new=1\n");

        refuses(config("us-1", ""), ExitCode.CONFIG, "was written by a newer version: it has format 2");
    }

    @Test
    void aDamagedIdentityIsRefusedAndKept() throws Exception {
        for (String damaged : new String[] {"", "format=1\n", "form", "format=x\n", "format=1\nformat=1\n"}) {
            identity(damaged);
            refuses(config("us-1", ""), ExitCode.CONFIG, "is damaged");
            assertThat(data().resolve("identity")).hasContent(damaged);
        }
        Files.write(data().resolve("identity"), new byte[] {(byte) 0xff, (byte) 0xfe});
        refuses(config("us-1", ""), ExitCode.CONFIG, "is damaged: it is not text");
    }

    @Test
    void aFolderWithOtherFilesIsRefused() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve("photo.jpg"), "x");

        refuses(config("us-1", ""), ExitCode.CONFIG, "is not empty and not Meridian's: it has [photo.jpg]");
    }

    @Test
    void aCrashWhileTheIdentityWasFirstWrittenLeavesAFreshFolder() throws Exception {
        Files.createDirectories(data());
        Files.writeString(data().resolve("identity.new"), "form");

        NodeDirectory.open(config("us-1", "")).close();

        assertThat(data().resolve("identity")).content().startsWith("format=1\n");
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws Exception {
        Files.writeString(folder.resolve("data"), "a file");

        refuses(config("us-1", ""), ExitCode.IO, "cannot be used: ");
    }

    @Test
    void newDatabasesAreNotedAndOldOnesKept() throws Exception {
        NodeDirectory.open(config("us-1", "  second: {home: us}\n")).close();
        NodeDirectory.open(config("us-1", "")).close();

        assertThat(data().resolve("identity"))
                .hasContent("format=1\ncluster=demo\nnode=us-1\ndatabase.default=0 us\ndatabase.second=1 us\n");
        refuses(
                config("us-1", "  third: {home: us}\n"),
                ExitCode.CONFIG,
                "database 'third' has the id 1, which is that of 'second'");
        NodeDirectory.open(config("us-1", "  third: {home: us, id: 11}\n")).close();
    }

    @Test
    void aDatabaseKeepsItsIdAndHome() throws Exception {
        NodeDirectory.open(config("us-1", "")).close();

        NodeConfig other = parse(Configs.alone("us-1", data()).replace("    home: us", "    id: 5\n    home: us"));

        refuses(other, ExitCode.CONFIG, "database 'default' has id and home '0 us' in the data directory");
    }

    private static void refuses(NodeConfig config, int exitCode, String why) {
        assertThatExceptionOfType(StartException.class)
                .isThrownBy(() -> NodeDirectory.open(config).close())
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(exitCode));
    }

    private void identity(String text) throws IOException {
        Files.createDirectories(data());
        Files.writeString(data().resolve("identity"), text);
    }

    private Path data() {
        return folder.resolve("data");
    }

    private NodeConfig config(String node, String moreDatabases) throws ConfigException {
        return parse(Configs.alone(node, data()) + moreDatabases);
    }

    private NodeConfig parse(String yaml) throws ConfigException {
        return ConfigLoader.parse("node.yaml", yaml, folder, Map.of()).config();
    }
}
