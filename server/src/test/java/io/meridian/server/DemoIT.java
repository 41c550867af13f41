// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.node.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The demo, as its command runs it. */
final class DemoIT {
    private final StringWriter said = new StringWriter();

    @Test
    void theCheckWritesReadsKillsALeaderAndFindsNothingWrong() {
        int exitCode = run("demo", "--check");

        assertThat(exitCode).as(said.toString()).isZero();
        assertThat(said.toString())
                .contains("Failover: killed us-east-", "All promises held.")
                .doesNotContain("WRONG");
    }

    @Test
    void aRegionNamedTwiceIsRefused() {
        assertThat(run("demo", "--check", "--regions", "eu,eu")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains("at least one region, each once");
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run(
                            "demo",
                            "--regions",
                            "eu",
                            "--nodes-per-region",
                            "1",
                            "--resp-port",
                            "" + taken.getLocalPort()))
                    .isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(said.toString()).contains("cannot listen on", "in use");
        }
    }

    private int run(String... words) {
        CommandLine line = Meridian.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        return line.execute(words);
    }
}
