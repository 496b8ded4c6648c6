package io.arcllm;

import java.nio.charset.StandardCharsets;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RawBodyTests {

	@Test
	void bodyThatIsMadeWhenItIsLookedAtIsTheSame() {
		RawBody whole = new RawBody(bytes("Tell me of the séa"));
		RawBody made = new RawBody(19, () -> bytes("Tell me of the séa"));
		assertThat(made).isEqualTo(whole).hasSameHashCodeAs(whole).hasToString("RawBody[19 bytes]");
		assertThat(made.text()).isEqualTo("Tell me of the séa");
		assertThat(made.getLength()).isEqualTo(19);
	}

	@Test
	void bodyInPiecesIsTheSameAsInOne() {
		byte[] bytes = bytes("Tell me of the séa");
		for (int cut = 0; cut <= bytes.length; cut++) {
			byte[] last = Arrays.copyOf(Arrays.copyOfRange(bytes, cut, bytes.length), 64);
			assertThat(new RawBody(List.of(Arrays.copyOf(bytes, cut), last), bytes.length))
				.isEqualTo(new RawBody(bytes));
		}
	}

	@Test
	void bodyIsHiddenFromWhatIsWritten() {
		assertThat(new RawBody(bytes("secret"))).hasToString("RawBody[6 bytes]");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
