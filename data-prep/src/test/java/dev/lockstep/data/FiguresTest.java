package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0",
        "-0.0; 0",
        "1; 1.0000",
        "0.935; 0.9350",
        "-0.0108; -0.0108",
        "0.004163; 0.00416",
        "0.0009999; 0.001000",
        "0.00041634; 0.000416",
        "0.0000059431; 5.943e-06",
        "-3e-300; -3.000e-300",
        "12.3456; 12.3456",
        "45231.1234; 45231.12",
        "1234567.8; 1234568",
        "1.5e300; 1.500e+300",
        "NaN; –",
        "Infinity; –"
      })
  void a_metric_has_digits_that_say_something(double value, String shown) {
    assertThat(Figures.of(value)).isEqualTo(shown);
  }

  @Test
  void fewer_decimals_still_show_what_is_not_zero() {
    assertThat(Figures.of(6.13, 1)).isEqualTo("6.1");
    assertThat(Figures.of(0.04, 1)).isEqualTo("0.04");
    assertThat(Figures.of(0.00412, 3)).isEqualTo("0.00412");
    assertThat(Figures.of(10288.3, 0)).isEqualTo("10288");
    assertThat(Figures.seconds(0.003)).isEqualTo("0.003 s");
    assertThat(Figures.seconds(12.34)).isEqualTo("12.3 s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0; 0",
        "1; 1",
        "-2.0714; -2.071",
        "1234567; 1,234,567",
        "0.0001234567; 0.0001235",
        "0.00001; 1.00e-05",
        "1e15; 1.00e+15",
        "99999.6; 100,000"
      })
  void a_value_of_a_column_is_short(double value, String shown) {
    assertThat(Figures.compact(value)).isEqualTo(shown);
  }
}
