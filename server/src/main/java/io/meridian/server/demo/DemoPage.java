// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a demo prints once it serves: where to connect, one write with reads far from it, lines to paste. */
public final class DemoPage {
    private final DemoCluster cluster;
    private final PrintWriter out;

    public DemoPage(DemoCluster cluster, PrintWriter out) {
        this.cluster = cluster;
        this.out = out;
    }

    /** One line a node. */
    public void table() {
        List<String> regions = cluster.settings().regions();
        out.printf(
                "%-12s %-10s %-16s %-22s %-34s %s%n", "NODE", "REGION", "RESP", "REST", "ROLE", "TOKEN OF ITS REGION");
        for (DemoCluster.Member member : cluster.members()) {
            out.printf(
                    "%-12s %-10s %-16s %-22s %-34s %s%n",
                    member.name(),
                    member.region(),
                    address(member.resp()),
                    "http://" + address(member.rest()),
                    role(member),
                    DemoCluster.token(regions.indexOf(member.region())));
        }
        out.println();
        out.println(
                "Each region is home to a database, which its token opens at every node of every region. Without a");
        out.println("token, RESP connections use the database of " + regions.getFirst() + ".");
        out.println();
    }

    private String role(DemoCluster.Member member) {
        List<String> learns = new ArrayList<>();
        for (String region : cluster.settings().regions()) {
            if (member.roleIn(region).equals("learner")) {
                learns.add(region);
            }
        }
        return member.roleIn(member.region()) + (learns.isEmpty() ? "" : ", learns " + String.join(" ", learns));
    }

    private static String address(java.net.InetSocketAddress address) {
        return "127.0.0.1:" + address.getPort();
    }

    /** A write at home, and what the farthest region shows of it at each level. */
    public void tour() throws IOException {
        List<String> regions = cluster.settings().regions();
        DemoCluster.Member home = cluster.in(regions.getFirst()).getFirst();
        DemoCluster.Member far = farthest(home);
        try (DemoClient writer = new DemoClient(home.resp());
                DemoClient reader = new DemoClient(far.resp())) {
            warmUp(writer, reader);
            Timed write = Timed.of(() -> writer.call("SET", "greeting", "hello"));
            String token = writer.call("MERIDIAN", "TOKEN");
            out.printf("A write in %s:%n", home.region());
            out.printf("  SET greeting hello                  %-8s in %s%n", write.reply(), write.millis());
            if (!far.region().equals(home.region())) {
                out.printf(
                        "At once after it, reads in %s, %d ms there and back:%n",
                        far.region(), cluster.settings().wideArea().roundTripMillis(home.region(), far.region()));
            } else {
                out.println("Reads:");
            }
            read(reader, "eventual", "may be old");
            reader.call("MERIDIAN", "CONSISTENCY", "session");
            Timed sync = Timed.of(() -> reader.call("MERIDIAN", "SYNC", token));
            out.printf("  MERIDIAN SYNC <the writer's token>  %-8s in %s%n", sync.reply(), sync.millis());
            read(reader, "session", "has what the token covers");
            read(reader, "linearizable", "the newest, asked of " + home.region());
        }
        out.println();
    }

    /** Makes a call of each kind, as the first ones open streams and load code: the times that are shown are of later ones. */
    private static void warmUp(DemoClient writer, DemoClient reader) throws IOException {
        writer.call("SET", "greeting", "before");
        reader.call("MERIDIAN", "SYNC", writer.call("MERIDIAN", "TOKEN"));
        for (String level : List.of("eventual", "session", "linearizable")) {
            reader.call("MERIDIAN", "CONSISTENCY", level);
            reader.call("GET", "greeting");
        }
    }

    private void read(DemoClient reader, String level, String promise) throws IOException {
        reader.call("MERIDIAN", "CONSISTENCY", level);
        Timed read = Timed.of(() -> reader.call("GET", "greeting"));
        out.printf("  GET greeting, %-20s  %-8s in %-8s %s%n", level, read.reply(), read.millis(), promise);
    }

    private DemoCluster.Member farthest(DemoCluster.Member home) {
        DemoCluster.Member farthest = home;
        for (String region : cluster.settings().regions()) {
            if (millis(home.region(), region) >= millis(home.region(), farthest.region())) {
                farthest = cluster.in(region).getFirst();
            }
        }
        return farthest;
    }

    private long millis(String one, String other) {
        return cluster.settings().wideArea().roundTripMillis(one, other);
    }

    /** For a shell beside it. */
    public void linesToPaste() {
        List<String> regions = cluster.settings().regions();
        DemoCluster.Member home = cluster.in(regions.getFirst()).getFirst();
        DemoCluster.Member far = farthest(home);
        int homeResp = home.resp().getPort();
        int farResp = far.resp().getPort();
        out.println("To paste into another shell:");
        out.printf("  redis-cli -p %d SET city Lisbon%n", homeResp);
        out.printf("  sleep 1; redis-cli -p %d GET city%n", farResp);
        out.printf(
                "  redis-cli -p %d --user default+linearizable --pass %s --no-auth-warning GET city%n",
                farResp, DemoCluster.TOKEN);
        out.printf("  redis-cli -p %d MERIDIAN HELP%n", farResp);
        out.printf(
                "  curl -H 'Authorization: Bearer %s' http://127.0.0.1:%d/get/city%n",
                DemoCluster.TOKEN, far.rest().getPort());
        out.printf("  curl http://%s/metrics%n", home.admin());
        out.println();
        out.println("Ctrl-C stops it.");
    }

    /** A call's reply, and how long it took. */
    record Timed(String reply, long nanos) {
        /** Something that a client calls. */
        @FunctionalInterface
        interface Call {
            String make() throws IOException;
        }

        static Timed of(Call call) throws IOException {
            long started = System.nanoTime();
            String reply = call.make();
            return new Timed(reply, System.nanoTime() - started);
        }

        String millis() {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        }
    }
}
