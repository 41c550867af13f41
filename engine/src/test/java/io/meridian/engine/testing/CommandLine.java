// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import io.meridian.engine.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A command line as redis-cli reads and shows it: words, with quotes where a word needs them. */
public final class CommandLine {
    private CommandLine() {}

    /** Splits at spaces; {@code "…"} takes {@code \n \r \t \a \b \xHH \" \\}, {@code '…'} takes {@code \'} only. */
    public static List<Bytes> split(String line) {
        List<Bytes> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            StringBuilder word = new StringBuilder();
            at = switch (line.charAt(at)) {
                case '"' -> doubleQuoted(line, at + 1, word);
                case '\'' -> singleQuoted(line, at + 1, word);
                default -> bare(line, at, word);
            };
            words.add(Bytes.of(word.toString().getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    /** The words in a form that split takes back. */
    public static String join(List<Bytes> words) {
        StringBuilder line = new StringBuilder();
        for (Bytes word : words) {
            if (!line.isEmpty()) {
                line.append(' ');
            }
            show(word, line);
        }
        return line.toString();
    }

    /** One word, quoted where it has to be. */
    public static String show(Bytes word) {
        StringBuilder text = new StringBuilder();
        show(word, text);
        return text.toString();
    }

    private static void show(Bytes word, StringBuilder into) {
        boolean plain = !word.isEmpty();
        for (int i = 0; i < word.length(); i++) {
            int b = word.at(i) & 0xFF;
            plain &= b > ' ' && b < 127 && b != '"' && b != '\'' && b != '\\';
        }
        into.append(plain ? "" : "\"");
        for (int i = 0; i < word.length(); i++) {
            int b = word.at(i) & 0xFF;
            if (b == '"' || b == '\\') {
                into.append('\\').append((char) b);
            } else if (b < ' ' || b >= 127) {
                into.append(String.format("\\x%02x", b));
            } else {
                into.append((char) b);
            }
        }
        into.append(plain ? "" : "\"");
    }

    private static int bare(String line, int from, StringBuilder word) {
        int end = line.indexOf(' ', from);
        end = end < 0 ? line.length() : end;
        // A test writes UTF-8 text; the word is its bytes.
        word.append(
                new String(line.substring(from, end).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        return end;
    }

    private static int singleQuoted(String line, int from, StringBuilder word) {
        int at = from;
        while (line.charAt(at) != '\'') {
            if (line.charAt(at) == '\\' && line.charAt(at + 1) == '\'') {
                at++;
            }
            word.append(line.charAt(at++));
        }
        return at + 1;
    }

    private static int doubleQuoted(String line, int from, StringBuilder word) {
        int at = from;
        while (line.charAt(at) != '"') {
            if (line.charAt(at) != '\\') {
                word.append(line.charAt(at++));
                continue;
            }
            char escaped = line.charAt(at + 1);
            if (escaped == 'x') {
                word.append((char) Integer.parseInt(line.substring(at + 2, at + 4), 16));
                at += 4;
                continue;
            }
            word.append(
                    switch (escaped) {
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        case 'a' -> '\u0007';
                        case 'b' -> '\b';
                        default -> escaped;
                    });
            at += 2;
        }
        return at + 1;
    }
}
