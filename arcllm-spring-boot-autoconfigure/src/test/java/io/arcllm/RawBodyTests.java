package io.arcllm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RawBodyTests {

	@Test
	void bodyInPiecesIsTheSameAsInOne() {
		RawBody whole = new RawBody(bytes("Tell me of the séa"));
		byte[] bytes = bytes("Tell me of the séa");
		for (int cut = 0; cut <= bytes.length; cut++) {
			byte[] first = Arrays.copyOf(bytes, cut);
			byte[] last = Arrays.copyOf(Arrays.copyOfRange(bytes, cut, bytes.length), 8192);
			RawBody pieces = new RawBody(List.of(first, last), bytes.length);
			assertThat(pieces).isEqualTo(whole).hasSameHashCodeAs(whole);
			assertThat(pieces.text()).isEqualTo("Tell me of the séa");
			assertThat(pieces.getLength()).isEqualTo(bytes.length);
		}
	}

	@Test
	void bodyOfNothingIsEmpty() {
		RawBody nothing = new RawBody(List.of(), 0);
		assertThat(nothing.text()).isEmpty();
		assertThat(nothing).isEqualTo(new RawBody(new byte[0]));
	}

	@Test
	void bodyIsHiddenFromWhatIsWritten() {
		assertThat(new RawBody(bytes("secret"))).hasToString("RawBody[6 bytes]");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
