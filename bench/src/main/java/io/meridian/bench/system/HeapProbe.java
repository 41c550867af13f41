// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks another JVM of this machine about its heap, with the JDK's own {@code jcmd}. */
public final class HeapProbe {
    // " garbage-first heap   total reserved 6225920K, committed 401408K, used 37251K [0x…"
    private static final Pattern USED = Pattern.compile("heap\\s.*?used (\\d+)K");

    private HeapProbe() {}

    /** Collects all garbage of the JVM and returns how many bytes of its heap are then in use. */
    public static long liveBytes(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        return usedBytes(jcmd(pid, "GC.heap_info"));
    }

    static long usedBytes(String heapInfo) throws IOException {
        Matcher used = USED.matcher(heapInfo);
        if (!used.find()) {
            throw new IOException("GC.heap_info tells no used heap:\n" + heapInfo);
        }
        return Long.parseLong(used.group(1)) * 1024;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + output);
        }
        return output;
    }
}
