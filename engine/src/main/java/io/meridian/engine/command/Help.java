// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Reply;
import java.util.ArrayList;
import java.util.List;

/** What a container command's HELP answers: an array of simple strings, framed as Redis frames it. */
final class Help {
    private Help() {}

    /** Takes the container's name and the lines between head and foot; a line that explains starts with four spaces. */
    static Reply of(String container, String... lines) {
        List<Reply> all = new ArrayList<>(lines.length + 3);
        all.add(new Reply.Status(container + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (String line : lines) {
            all.add(new Reply.Status(line));
        }
        all.add(new Reply.Status("HELP"));
        all.add(new Reply.Status("    Print this help."));
        return new Reply.Array(all);
    }
}
