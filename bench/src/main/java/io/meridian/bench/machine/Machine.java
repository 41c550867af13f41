// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This machine, as Linux' /proc shows it. */
public final class Machine {
    private static final Pattern KERNEL = Pattern.compile("[0-9]+(\\.[0-9]+)*");
    private static final Path PROC = Path.of("/proc");

    private Machine() {}

    /** Whether there is a /proc to read. */
    public static boolean isReadable() {
        return Files.isReadable(PROC.resolve("stat"))
                && Files.isReadable(PROC.resolve("self").resolve("stat"));
    }

    /** The processor times now. The servers are processes that this one has started; those that have ended count as 0. */
    public static Reading read(Collection<Long> servers) {
        try {
            Map<Long, ProcessTimes> processes = processes();
            long serverTicks = 0;
            for (long pid : servers) {
                for (ProcessTimes process : family(processes, pid)) {
                    serverTicks += process.ownTicks() + process.waitedTicks();
                }
            }
            long ours = 0;
            for (ProcessTimes process :
                    family(processes, ProcessHandle.current().pid())) {
                ours += process.ownTicks() + process.waitedTicks();
            }
            String total = firstLine(PROC.resolve("stat"));
            return new Reading(System.nanoTime(), MachineTimes.parse(total), ours, serverTicks);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the processor times of this machine", e);
        }
    }

    /** The resident memory of a process in bytes; throws IllegalStateException when it has ended. */
    public static long residentBytes(long pid) {
        return kibibytes(PROC.resolve(Long.toString(pid)).resolve("status"), "VmRSS:") * 1024;
    }

    /** One line on what this machine is: cores, model, memory, kernel. */
    public static String description() {
        String model = value(PROC.resolve("cpuinfo"), "model name");
        long memory = kibibytes(PROC.resolve("meminfo"), "MemTotal:") / (1024 * 1024);
        return "%d cores%s, %d GiB, Linux %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        model.isEmpty() ? "" : " (" + model + ")",
                        memory,
                        kernelVersion(System.getProperty("os.version")));
    }

    /** The number alone: what builders add behind it names their build, not what it does. */
    static String kernelVersion(String release) {
        Matcher number = KERNEL.matcher(release);
        return number.lookingAt() ? number.group() : release;
    }

    private static Map<Long, ProcessTimes> processes() throws IOException {
        Map<Long, ProcessTimes> found = new HashMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                try {
                    ProcessTimes times = ProcessTimes.parse(firstLine(folder.resolve("stat")));
                    found.put(times.pid(), times);
                } catch (IOException e) {
                    // A process may end before its file is read, or meanwhile.
                    if (Files.exists(folder)) {
                        throw e;
                    }
                }
            }
        }
        return found;
    }

    private static List<ProcessTimes> family(Map<Long, ProcessTimes> processes, long head) {
        Map<Long, List<ProcessTimes>> children = new HashMap<>();
        for (ProcessTimes process : processes.values()) {
            children.computeIfAbsent(process.parent(), _ -> new ArrayList<>()).add(process);
        }
        List<ProcessTimes> family = new ArrayList<>();
        Deque<Long> open = new ArrayDeque<>(List.of(head));
        while (!open.isEmpty()) {
            long pid = open.pop();
            ProcessTimes process = processes.get(pid);
            if (process != null) {
                family.add(process);
            }
            children.getOrDefault(pid, List.of()).forEach(child -> open.push(child.pid()));
        }
        return family;
    }

    private static String firstLine(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static long kibibytes(Path file, String name) {
        String text = value(file, name).replace("kB", "").strip();
        if (text.isEmpty()) {
            throw new IllegalStateException("no " + name + " in " + file);
        }
        return Long.parseLong(text);
    }

    private static String value(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.startsWith(name)) {
                    String rest = line.substring(name.length()).strip();
                    return rest.startsWith(":") ? rest.substring(1).strip() : rest;
                }
            }
            return "";
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
