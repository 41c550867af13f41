// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The {@code MERIDIAN_*} variables: each overrides one setting, and an unknown one is refused. */
final class Environment {
    /** Variables of that prefix that are no settings, with what they are for. */
    static final Map<String, String> OTHERS = new TreeMap<>(Map.of(
            "MERIDIAN_CONFIG", "the configuration file, where the command line names none",
            "MERIDIAN_HOME", "the folder of the distribution or the source tree that `bin/meridian` starts",
            "MERIDIAN_JAVA_OPTS", "options for the JVM, after those that `bin/meridian` gives it"));

    /** What Kubernetes sets for a Service whose name starts with "meridian", and Docker for a link. */
    static final Pattern SERVICE_LINK = Pattern.compile("MERIDIAN(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
            + "|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    /** What they set too, with an address; but a number is what somebody writes who means a setting. */
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("MERIDIAN(_[A-Z0-9]+)*_PORT=(tcp|udp|sctp)://.*");

    private Environment() {}

    /** Puts what the variables say over what is there. */
    static void read(Map<String, String> variables, Values into, List<Problem> problems) {
        Map<String, Setting<?>> known = new TreeMap<>();
        for (Setting<?> setting : Settings.ALL) {
            setting.variable().ifPresent(name -> known.put(name, setting));
        }
        new TreeMap<>(variables).forEach((name, text) -> {
            if (!name.startsWith("MERIDIAN_") || OTHERS.containsKey(name) || isServiceLink(name, text)) {
                return;
            }
            String where = "environment variable " + name;
            Setting<?> setting = known.get(name);
            if (setting == null) {
                Set<String> words = new TreeSet<>(known.keySet());
                words.addAll(OTHERS.keySet());
                problems.add(new Problem(where, "there is no such setting" + Suggestion.nearest(name, words)));
                return;
            }
            Optional<Problem> wrong = YamlReader.check(setting.name(), setting, text, where);
            wrong.ifPresent(problems::add);
            into.put(setting.name(), new Values.Said(text, where));
        });
    }

    private static boolean isServiceLink(String name, String text) {
        return SERVICE_LINK.matcher(name).matches()
                || SERVICE_ADDRESS.matcher(name + "=" + text).matches();
    }
}
