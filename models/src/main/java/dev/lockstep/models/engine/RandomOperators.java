package dev.lockstep.models.engine;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operators of libtorch that draw random numbers whenever they run: those whose schemas have a
 * {@code Generator} or that call one which has. They draw from a generator of the whole process, so
 * that neither ranks nor runs would agree. Operators that draw only while they are told to train,
 * such as {@code dropout} and {@code rrelu}, are not among them.
 */
final class RandomOperators {
  private static final Set<String> NAMES =
      Set.of(
          "_fused_dropout",
          "_no_grad_normal_",
          "_no_grad_uniform_",
          "_sample_dirichlet",
          "_standard_gamma",
          "bernoulli",
          "bernoulli_",
          "binomial",
          "cauchy",
          "cauchy_",
          "exponential",
          "exponential_",
          "geometric",
          "geometric_",
          "log_normal",
          "log_normal_",
          "manual_seed",
          "multinomial",
          "normal",
          "normal_",
          "normal_functional",
          "poisson",
          "rand",
          "rand_like",
          "randint",
          "randint_like",
          "randn",
          "randn_like",
          "random",
          "random_",
          "randperm",
          "seed",
          "uniform",
          "uniform_");

  private static final Pattern TEXT =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'");

  /** TorchScript prints an operator of the namespace {@code aten} as one of {@code torch}. */
  private static final Pattern CALL =
      Pattern.compile("(?<![\\w.])(?:torch|ops\\.aten)\\.(\\w+)\\(");

  private RandomOperators() {}

  /** Names of such operators in the code of a TorchScript archive. */
  static SortedSet<String> in(String code) {
    SortedSet<String> found = new TreeSet<>();
    Matcher calls = CALL.matcher(TEXT.matcher(code).replaceAll("\"\""));
    while (calls.find()) {
      if (NAMES.contains(calls.group(1))) {
        found.add(calls.group(1));
      }
    }
    return found;
  }
}
