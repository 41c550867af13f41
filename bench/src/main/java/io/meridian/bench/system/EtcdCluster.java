// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meridian.bench.client.Target;
import io.meridian.bench.etcd.MaintenanceGrpc;
import io.meridian.bench.etcd.StatusRequest;
import io.meridian.bench.etcd.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's etcd: three members, with its own defaults. */
public final class EtcdCluster implements AutoCloseable {
    private static final int MEMBERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<ServerProcess> processes = new ArrayList<>();
    private int leaderPort;

    private EtcdCluster() {}

    /** Starts it, and returns once it has a leader. */
    public static EtcdCluster start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        List<Integer> clientPorts = new ArrayList<>();
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            clientPorts.add(Ports.next());
            peers.add(url(Ports.next()));
        }
        List<String> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add("member" + i + "=" + peers.get(i));
        }
        EtcdCluster cluster = new EtcdCluster();
        try {
            for (int i = 0; i < MEMBERS; i++) {
                List<String> command = List.of(
                        "etcd",
                        "--name=member" + i,
                        "--data-dir=" + folder.resolve("member" + i).toAbsolutePath(),
                        "--listen-client-urls=" + url(clientPorts.get(i)),
                        "--advertise-client-urls=" + url(clientPorts.get(i)),
                        "--listen-peer-urls=" + peers.get(i),
                        "--initial-advertise-peer-urls=" + peers.get(i),
                        "--initial-cluster=" + String.join(",", members),
                        "--initial-cluster-state=new");
                cluster.processes.add(ServerProcess.start("etcd-member" + i, command, Map.of(), folder));
            }
            cluster.leaderPort = leaderAmong(cluster.processes, clientPorts);
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static String url(int port) {
        return "http://" + Target.HOST + ":" + port;
    }

    private static int leaderAmong(List<ServerProcess> processes, List<Integer> ports) throws InterruptedException {
        int[] leader = new int[1];
        Await.until("a leader of etcd", PATIENCE, () -> {
            processes.forEach(ServerProcess::requireAlive);
            for (int port : ports) {
                StatusResponse status = status(port);
                if (status.getLeader() != 0
                        && status.getLeader() == status.getHeader().getMemberId()) {
                    leader[0] = port;
                    return true;
                }
            }
            return false;
        });
        return leader[0];
    }

    private static StatusResponse status(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(Target.HOST, port).usePlaintext().build();
        try {
            return MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    /** The leader's port for clients: what is fastest for them, as no other member has to pass requests on. */
    public int leaderPort() {
        return leaderPort;
    }

    public List<Long> pids() {
        return processes.stream().map(ServerProcess::pid).toList();
    }

    @Override
    public void close() {
        processes.forEach(ServerProcess::close);
    }
}
