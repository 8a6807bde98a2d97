package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private static final String LONG =
      "mlp  epoch 1/4  10%  loss 0.69315  step 10/24  12,345 rows/s  rank 0: data 3%, communication 0%";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream target = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** What a terminal of that width shows: line feeds, carriage returns and wraps alone. */
  private static String screen(String written, int width) {
    StringBuilder screen = new StringBuilder();
    StringBuilder line = new StringBuilder();
    int at = 0;
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (at == width || c == '\n') {
        screen.append(line.toString().stripTrailing()).append('\n');
        line.setLength(0);
        at = 0;
      }
      if (c == '\r') {
        at = 0;
      } else if (c != '\n') {
        line.replace(at, Math.min(at + 1, line.length()), String.valueOf(c));
        at++;
      }
    }
    return screen.append(line.toString().stripTrailing()).toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80, 200})
  void what_is_under_way_is_one_line_of_any_terminal_and_leaves_nothing_behind(int width) {
    Progress progress = new Progress(target, true, () -> width);
    progress.now("preparing the table\nof two lines");
    progress.now(LONG);
    assertThat(screen(written(), width).lines()).singleElement().matches(l -> l.length() < width);
    assertThat(screen(written(), width)).startsWith("mlp  epoch 1/4");
    progress.now("short");
    assertThat(screen(written(), width)).isEqualTo("short");
    progress.done("done");
    progress.end();
    assertThat(screen(written(), width)).isEqualTo("done\n");
    assertThat(written()).doesNotContain("\u001b");
  }

  @Test
  void a_terminal_that_is_made_narrower_gets_shorter_lines() {
    int[] width = {80};
    Progress progress = new Progress(target, true, () -> width[0]);
    progress.now(LONG);
    width[0] = 40;
    bytes.reset();
    progress.now(LONG);
    assertThat(written()).hasSize(1 + 39).endsWith("…");
  }

  @Test
  void characters_of_two_columns_count_twice() {
    Progress progress = new Progress(target, true, () -> 11);
    progress.now("顧客の表を準備中です");
    assertThat(written()).isEqualTo("\r顧客の表…");
  }

  @Test
  void a_pipe_gets_what_is_done_alone_and_nothing_once_it_is_silenced() {
    Progress progress = new Progress(target, false, () -> 80);
    progress.now(LONG);
    progress.done("done");
    progress.end();
    progress.silence();
    progress.done("too late");
    assertThat(written()).isEqualTo("done" + System.lineSeparator());
  }

  @Test
  void the_variable_says_how_wide_the_terminal_is() {
    assertThat(new TerminalWidth("57").getAsInt()).isEqualTo(57);
    assertThat(new TerminalWidth(null).getAsInt()).isPositive();
    assertThat(new TerminalWidth("wide").getAsInt()).isPositive();
  }
}
