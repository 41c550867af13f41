// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.server.config.ConfigException;
import io.meridian.server.config.ConfigLoader;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A demo node's configuration, kept beside its data: with it the same node can be started in a process of its own.
 *
 * @param node its name
 * @param region where it is
 * @param portOffset what its RESP and REST ports are above those of the first node
 */
record DemoConfiguration(String node, String region, int portOffset) {
    static DemoConfiguration of(DemoSettings settings, int region, int place) {
        String name = settings.regions().get(region);
        return new DemoConfiguration(DemoSettings.node(name, place), name, DemoSettings.portOffset(region, place));
    }

    /** Where a node's configuration is. */
    static Path file(Path folder, String node) {
        return folder.resolve(node + ".yaml");
    }

    /** Writes it into the demo's folder, unless it would be refused. */
    NodeConfig write(DemoSettings settings, Path folder, Map<String, Integer> peerPorts)
            throws StartException, IOException {
        Path file = file(folder, node);
        String yaml = yaml(settings, folder, peerPorts);
        NodeConfig config;
        try {
            config = ConfigLoader.parse(file.toString(), yaml, folder, Map.of()).config();
        } catch (ConfigException refused) {
            throw new StartException(
                    ExitCode.CONFIG, "the configuration that follows from this is refused: " + refused.getMessage());
        }
        // Whole or not at all: the folder is known by it.
        Path written = Files.writeString(folder.resolve(node + ".yaml.new"), yaml);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        return config;
    }

    int respPort(DemoSettings settings) {
        return port(settings.respPort());
    }

    int restPort(DemoSettings settings) {
        return port(settings.restPort());
    }

    private int port(int first) {
        return first == 0 ? 0 : first + portOffset;
    }

    private String yaml(DemoSettings settings, Path folder, Map<String, Integer> peerPorts) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("cluster: demo\nnode: ")
                .append(node)
                .append("\ndata: ")
                .append(quoted(folder.resolve(node).toAbsolutePath()))
                .append('\n');
        yaml.append("listen:\n");
        yaml.append("  resp: 127.0.0.1:").append(respPort(settings)).append('\n');
        yaml.append("  rest: 127.0.0.1:").append(restPort(settings)).append('\n');
        yaml.append("  peer: 127.0.0.1:").append(peerPorts.get(node)).append('\n');
        yaml.append("  admin: 127.0.0.1:0\n");
        yaml.append("regions:\n");
        for (String each : settings.regions()) {
            yaml.append("  ").append(each).append(":\n    nodes:\n");
            for (int place = 0; place < settings.nodesPerRegion(); place++) {
                String name = DemoSettings.node(each, place);
                yaml.append("      ")
                        .append(name)
                        .append(": 127.0.0.1:")
                        .append(peerPorts.get(name))
                        .append('\n');
            }
        }
        yaml.append("databases:\n");
        for (int i = 0; i < settings.regions().size(); i++) {
            String database = i == 0 ? "default" : settings.regions().get(i);
            yaml.append("  ").append(database).append(":\n    id: ").append(i);
            yaml.append("\n    home: ").append(settings.regions().get(i));
            yaml.append("\n    users:\n      default:\n        token: ")
                    .append(DemoCluster.token(i))
                    .append('\n');
        }
        return yaml.append("anonymous-database: default\n").toString();
    }

    /** As YAML writes a text in which nothing but a quote has a meaning. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
