// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.stream.Collectors;

/** docs/configuration.md, made from the table of settings. */
final class ConfigurationPage {
    static final String EXAMPLE = """
        cluster: shop
        node: us-east-1
        data: /var/lib/meridian
        peer-secret: "change-me"
        regions:
          us-east: {nodes: {us-east-1: "10.0.0.1:7400", us-east-2: "10.0.0.2:7400", us-east-3: "10.0.0.3:7400"}}
          eu-west: {nodes: {eu-west-1: "10.1.0.1:7400", eu-west-2: "10.1.0.2:7400", eu-west-3: "10.1.0.3:7400"}}
          ap-south: {nodes: {ap-south-1: "10.2.0.1:7400", ap-south-2: "10.2.0.2:7400", ap-south-3: "10.2.0.3:7400"}}
        databases:
          default:
            id: 0
            home: us-east
            consistency: {resp: session, rest: eventual}
            users:
              default: {token: "change-me-too"}
              reader: {token: "and-me", read-only: true, consistency: linearizable}
        limits:
          request-bytes: 10MiB
        logging:
          format: json
        """;

    private static final String START = """
        # Configuration

        <!-- Made from the table of settings in the server's `Settings`; edit that, then run
             `mvn -pl server -am test -Dtest='ConfigurationPage*' -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update` -->

        A node reads one YAML file, `bin/meridian server --config FILE`; `bin/meridian config check --config FILE` only
        says whether it would. The reader is strict: an unknown or ill-typed setting is refused with its file, line and
        column and with what was expected, and so is anything in YAML beyond mappings and plain values (aliases, tags, a
        word twice, several documents). Nothing starts until everything is right; the exit status is then 78.

        All nodes of a cluster have the same file but for `node` and, where they differ, `data` and `listen`; those are most
        easily set by the environment.

        ```yaml
        """;

    private static final String UNITS = """
        ```

        Sizes are whole numbers with a unit, `B`, `KiB`, `MiB`, `GiB` or `TiB`, or none for bytes. Durations are whole numbers
        with `ms`, `s`, `m`, `h` or `d`. Names of clusters, regions, nodes, databases and users are lower-case letters, digits
        and hyphens, at most 63, and begin and end with a letter or digit.

        ## All settings

        A part in angle brackets stands for a name of your choice. *Required* below such a part means: wherever it is.

        | setting | expects | default | |
        |---|---|---|---|
        """;

    private static final String ENVIRONMENT = """

        ## The environment

        A variable overrides what the file says. Its name is `MERIDIAN_` and the setting's name in capitals with `_` for each
        dot and hyphen: `MERIDIAN_LISTEN_RESP=127.0.0.1:7000`. Settings with a part in angle brackets have none. An unknown
        `MERIDIAN_` variable is refused, except these, which are no settings:

        | variable | |
        |---|---|
        """;

    private static final String LINKS = """

        Kubernetes and Docker make variables such as `MERIDIAN_SERVICE_HOST` and `MERIDIAN_PORT_6379_TCP` for a service whose
        name starts with `meridian`; names of that shape are ignored, and one that ends in `_PORT` alone where its value is an
        address such as `tcp://10.96.0.1:6379`.
        """;

    private ConfigurationPage() {}

    static String markdown() {
        String settings = Settings.ALL.stream().map(ConfigurationPage::row).collect(Collectors.joining());
        String others = Environment.OTHERS.entrySet().stream()
                .map(other -> "| `" + other.getKey() + "` | " + other.getValue() + " |\n")
                .collect(Collectors.joining());
        return START + EXAMPLE + UNITS + settings + ENVIRONMENT + others + LINKS;
    }

    private static String row(Setting<?> setting) {
        String fallback =
                setting.fallback().map(text -> "`" + text + "`").orElse(setting.isRequired() ? "*required*" : "");
        return "| `" + setting.name() + "` | " + setting.type().expected() + " | " + fallback + " | "
                + setting.doc().replace("|", "\\|") + " |\n";
    }
}
