// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; tells every problem that was found, one a line. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
