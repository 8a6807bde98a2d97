package dev.lockstep.evaluation.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorTest {
  private static final String INFO =
      "processor\t: 0\nmodel name\t: A Processor @ 2 GHz\nflags\t\t: fpu fma avx2 %s\n\nprocessor\t: 1\n";

  @Test
  void kernels_follow_the_flags() {
    String with = INFO.formatted("avx512f avx512dq avx512bw avx512vl");
    assertThat(Processor.of(with, "amd64", null, null))
        .isEqualTo(new Processor("AVX512", "A Processor @ 2 GHz"));
    assertThat(Processor.of(INFO.formatted("avx512f"), "amd64", null, null).capability())
        .isEqualTo("AVX2");
    assertThat(Processor.of("", "aarch64", null, null))
        .isEqualTo(new Processor("DEFAULT", "aarch64"));
  }

  @Test
  void variables_that_choose_kernels_are_part_of_it() {
    assertThat(Processor.of(INFO.formatted(""), "amd64", "default", "COMPATIBLE").capability())
        .isEqualTo("DEFAULT, MKL_CBWR=COMPATIBLE");
  }
}
