// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import java.nio.file.Path;

/** Configurations of one node that listens on any free ports. */
public final class Configs {
    private Configs() {}

    public static String alone(String node, Path data) {
        return """
            cluster: demo
            node: %s
            data: %s
            listen: {resp: "127.0.0.1:0", rest: "127.0.0.1:0", peer: "127.0.0.1:0", admin: "127.0.0.1:0"}
            regions:
              us: {nodes: {%s: "127.0.0.1:7400"}}
            databases:
              default:
                home: us
                users: {default: {token: "a-very-secret-token"}}
            """.formatted(node, data, node);
    }
}
