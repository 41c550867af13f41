// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CompareCommandTest {
    private final StringWriter said = new StringWriter();

    /** The launcher asks before it installs anything or lets nodes rehearse. */
    @ParameterizedTest
    @CsvSource({
        "--only,    all, no row all; there are get",
        "--rounds,  0,   are 1 at least",
        "--rounds,  x,   Invalid value for option",
        "--colour,  red, Unknown options",
    })
    void aDryRunSaysWhatIsWrongWithTheOptions(String option, String value, String why) {
        CommandLine line = new CommandLine(new CompareCommand());
        line.setErr(new PrintWriter(said, true));

        assertThat(line.execute("--dry-run", option, value)).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(said.toString()).contains(why);
    }
}
