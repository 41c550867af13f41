// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Kills the nodes of a folder when the harness is gone without having closed them.
 *
 * <p>A small shell waits on a pipe from the harness, which tells it each process it starts. The pipe ends with the
 * harness, however that ended; then the shell kills those of these processes that still run (same number, same start
 * time), and each process whose command line names the folder.
 */
final class Orphans implements AutoCloseable {
    /** The folder comes by the environment, so that the shell's own command line does not name it. */
    private static final String SCRIPT = """
        started() { s=$(cat "/proc/$1/stat" 2>/dev/null) || s=; s=${s##*) }; set -- $s; echo "${20}"; }
        nodes=
        while read -r word; do
          [ "$word" = closed ] && exit 0
          nodes="$nodes $word:$(started "$word")"
        done
        for node in $nodes; do
          [ "$(started "${node%:*}")" = "${node#*:}" ] && kill -9 "${node%:*}" 2>/dev/null
        done
        for line in /proc/[0-9]*/cmdline; do
          pid=${line#/proc/}; pid=${pid%/cmdline}
          case "$(tr '\\0' ' ' <"$line" 2>/dev/null)" in
            *"$CHAOS_FOLDER/"*) kill -9 "$pid" 2>/dev/null ;;
          esac
        done
        """;

    private final Process shell;

    private Orphans(Process shell) {
        this.shell = shell;
    }

    static Orphans watch(Path folder) throws IOException {
        // Its own session: a Ctrl-C at the terminal must not end it before it has done its work.
        ProcessBuilder builder = new ProcessBuilder("setsid", "sh", "-c", SCRIPT)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CHAOS_FOLDER", folder.toString());
        return new Orphans(builder.start());
    }

    /** Tells that this process is a node. */
    void add(long pid) {
        say(Long.toString(pid));
    }

    /** Ends the watch; the nodes have been killed already. */
    @Override
    public void close() {
        say("closed");
        try {
            shell.getOutputStream().close();
            shell.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String word) {
        try {
            OutputStream pipe = shell.getOutputStream();
            pipe.write((word + "\n").getBytes(StandardCharsets.UTF_8));
            pipe.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the watch over the nodes is gone", e);
        }
    }
}
