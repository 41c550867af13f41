// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import io.meridian.bench.client.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's wrk: GETs over HTTP on connections that stay open. */
public final class Wrk {
    private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ([0-9.]+)(ms|s|m|h)");
    private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern PERCENTILE = Pattern.compile("(?m)^ +(\\d+)% +([0-9.]+)(us|ms|s|m)");

    private Wrk() {}

    /**
     * Runs GETs of random keys on one thread for a time, in whole seconds, one at least; throws IOException when a reply
     * is not 200.
     *
     * @param folder for the script
     */
    public static Result run(int port, String token, int connections, long keys, Duration time, Path folder)
            throws IOException, InterruptedException {
        Path script = folder.resolve("get.lua");
        Files.writeString(script, script(keys));
        Process process = new ProcessBuilder(List.of(
                        "wrk",
                        "--latency",
                        "-t1",
                        "-c" + connections,
                        "-d" + Math.max(1, time.toSeconds()) + "s",
                        "-H",
                        "Authorization: Bearer " + token,
                        "-s",
                        script.toString(),
                        "http://" + Target.HOST + ":" + port + "/"))
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("wrk failed: " + output.strip());
            }
            return parse(output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** What wrk runs to make each request: a random key of those there are. */
    private static String script(long keys) {
        return """
            local random = math.random
            local requests = {}
            for i = 1, 20000 do
              requests[i] = wrk.format("GET", string.format("/get/key:%%012d", random(0, %d)))
            end
            local at = 0
            request = function()
              at = at %% 20000 + 1
              return requests[at]
            end
            """.formatted(keys - 1);
    }

    static Result parse(String output) throws IOException {
        if (output.contains("Non-2xx") || output.contains("Socket errors")) {
            throw new IOException("not all requests were answered well: " + output.strip());
        }
        Matcher total = TOTAL.matcher(output);
        Matcher rate = RATE.matcher(output);
        if (!total.find() || !rate.find()) {
            throw new IOException("wrk printed no figures: " + output.strip());
        }
        long requests = Long.parseLong(total.group(1));
        double perSecond = Double.parseDouble(rate.group(1));
        if (!(perSecond > 0)) {
            throw new IOException("wrk had no reply: " + output.strip());
        }
        return new Result(requests, requests / perSecond, percentile(output, 50), percentile(output, 99));
    }

    private static double percentile(String output, int wanted) throws IOException {
        Matcher lines = PERCENTILE.matcher(output);
        while (lines.find()) {
            if (Integer.parseInt(lines.group(1)) == wanted) {
                return Double.parseDouble(lines.group(2)) * millis(lines.group(3));
            }
        }
        throw new IOException(String.format(Locale.ROOT, "wrk printed no %d%%: %s", wanted, output.strip()));
    }

    private static double millis(String unit) {
        return switch (unit) {
            case "us" -> 1e-3;
            case "ms" -> 1;
            case "s" -> 1e3;
            default -> 60e3;
        };
    }
}
