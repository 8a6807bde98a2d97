package dev.lockstep.evaluation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.data.progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private static final String LONG =
      "mlp  epoch 1/4  10%  loss 0.69315  step 10/24  12,345 rows/s  rank 0: data 3%, communication 0%";

  private final AtomicLong now = new AtomicLong();
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

  private Progress progress(int width) {
    return new Progress(target, true, () -> width, now::get);
  }

  /** A paint interval later. */
  private void later(double seconds) {
    now.addAndGet((long) (seconds * 1e9));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80, 200})
  void what_is_under_way_is_one_line_of_any_terminal_and_leaves_nothing_behind(int width) {
    Progress progress = progress(width);
    progress.progressed(Phase.begun("reading the table\nof two lines"));
    later(1);
    progress.progressed(new Phase("training mlp", "", 10, 24));
    progress.detail(LONG);
    later(1);
    progress.tick();
    assertThat(screen(written(), width).lines()).singleElement().matches(l -> l.length() < width);
    assertThat(screen(written(), width)).startsWith("training mlp");
    later(1);
    progress.progressed(Phase.begun("short"));
    assertThat(screen(written(), width)).isEqualTo("short");
    progress.done("done");
    progress.end();
    assertThat(screen(written(), width)).isEqualTo("done\n");
    assertThat(written()).doesNotContain("\u001b");
  }

  @Test
  void a_terminal_that_is_made_narrower_gets_shorter_lines() {
    int[] width = {80};
    Progress progress = new Progress(target, true, () -> width[0], now::get);
    progress.progressed(Phase.begun(LONG));
    width[0] = 40;
    bytes.reset();
    later(1);
    progress.tick();
    assertThat(written()).hasSize(1 + 39).contains("…");
  }

  @Test
  void characters_of_two_columns_count_twice() {
    progress(11).progressed(Phase.begun("顧客の表を準備中です"));
    assertThat(written()).isEqualTo("\r顧客の表…");
  }

  @Test
  void a_line_is_written_over_at_most_five_times_a_second() {
    Progress progress = progress(80);
    for (int i = 0; i <= 1000; i++) {
      progress.progressed(new Phase("training mlp", "", i, 2000));
      later(0.001);
    }
    assertThat(written().chars().filter(c -> c == '\r').count()).isBetween(4L, 6L);
  }

  @Test
  void a_phase_that_has_ended_gives_way_to_nothing() {
    Progress progress = progress(80);
    progress.progressed(Phase.begun("starting Spark"));
    later(1);
    progress.progressed(Phase.ended("starting Spark"));
    later(1);
    progress.tick();
    assertThat(screen(written(), 80)).isEmpty();
  }

  @Test
  void what_others_write_has_lines_of_its_own_and_the_phase_comes_back_below() {
    Progress progress = progress(80);
    PrintStream others = progress.others();
    progress.progressed(Phase.begun("reading"));
    others.print("WARN one");
    later(1);
    progress.tick(); // Their line is not ended yet.
    others.println(" thing");
    assertThat(screen(written(), 80)).isEqualTo("WARN one thing\n");
    later(1);
    progress.tick();
    assertThat(screen(written(), 80)).isEqualTo("WARN one thing\nreading  0:02");
  }

  @Test
  void a_pipe_gets_what_is_done_and_a_line_each_half_minute_and_nothing_once_it_is_silenced() {
    Progress progress = new Progress(target, false, () -> 80, now::get);
    progress.progressed(new Phase("training mlp", "", 0, 600));
    for (int second = 1; second <= 70; second++) {
      later(1);
      progress.progressed(new Phase("training mlp", "round 7", second, 600));
      progress.tick();
      if (second == 40) {
        progress.done("done");
      }
    }
    progress.end();
    progress.silence();
    progress.done("too late");
    assertThat(written().lines())
        .containsExactly(
            "training mlp   5%  ETA 9:30  round 7", "done", "training mlp  11%  ETA 8:50  round 7");
    assertThat(written().chars()).allMatch(c -> c == '\n' || !Character.isISOControl(c));
  }

  @Test
  void the_variable_says_how_wide_the_terminal_is() {
    assertThat(new TerminalWidth("57").getAsInt()).isEqualTo(57);
    assertThat(new TerminalWidth(null).getAsInt()).isPositive();
    assertThat(new TerminalWidth("wide").getAsInt()).isPositive();
  }
}
