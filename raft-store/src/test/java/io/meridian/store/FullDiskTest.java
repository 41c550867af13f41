// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.store.TestClient.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up, a small tmpfs: needs to be root. */
final class FullDiskTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    @Test
    void writesAreRefusedBeforeTheDiskIsFullAndNothingIsLost() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.toString());
        if (!mounted) {
            leaveOut("LEFT OUT: a full disk: only root can mount a tmpfs");
        }
        try (StoreCluster cluster = new StoreCluster(disk, List.of("a"), List.of())) {
            cluster.tuning(cluster.tuning().withFreeBytesMin(64 * MIB));
            cluster.startAll();
            Replica leader = cluster.leader();
            TestClient client = new TestClient();
            Bytes value = Bytes.of(new byte[(int) MIB]);
            int applied = 0;
            Fate last = new Fate.Applied(List.of(), 0);

            // Slower than the store looks at its disk: it must refuse in time.
            while (last instanceof Fate.Applied && applied < 200) {
                last = TestClient.get(TestClient.submit(
                        leader,
                        client.bundle(List.of(Args.of(List.of(Bytes.of("SET"), Bytes.of("k" + applied), value))))));
                applied += last instanceof Fate.Applied ? 1 : 0;
                long ticks = leader.counters().readIndexes();
                int written = applied;
                if (written % 8 == 0) {
                    eventually("time passes", () -> leader.counters().readIndexes() > ticks);
                }
            }

            assertThat(last).isEqualTo(new Fate.Failed(Outcome.NOT_APPLIED, "no space left on the leader's disk"));
            assertThat(applied).isBetween(10, 150);
            assertThat(leader.problem()).isEmpty();
            cluster.stop("a");
            Replica again = cluster.start("a").replica();
            eventually("it leads", again::isLeader);
            assertThat(TestClient.get(TestClient.readLinearizable(again, "STRLEN k" + (applied - 1))))
                    .isEqualTo(new Reply.Int(MIB));
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static void leaveOut(String text) {
        if ("true".equals(System.getenv("CI"))) {
            fail(text);
        }
        System.err.println(text);
        abort(text);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
