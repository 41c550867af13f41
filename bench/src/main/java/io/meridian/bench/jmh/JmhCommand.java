// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bin/meridian bench jmh}: hands everything on to JMH. */
@Command(
        name = "jmh",
        description = {
            "Runs JMH with the benchmarks of the engine, the decoder and entries.",
            "All arguments are JMH's own, for instance: -l, Engine -prof gc, -prof jfr, -h."
        })
public final class JmhCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "ARG", description = "Arguments of JMH.")
    private List<String> args = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Main.main(args.toArray(String[]::new));
        return 0;
    }
}
