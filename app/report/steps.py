"""What every stage does, said to a person who is no engineer, with the publications its method follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Publications that several stages follow.
_DIS = "Kroeger, Timofte, Dai, Van Gool: Fast Optical Flow using Dense Inverse Search. ECCV 2016."
_UNET = "Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation. MICCAI 2015."
_KOKARAM = "Kokaram: Motion Picture Restoration. Springer, 1998."
_BT709 = "ITU-R BT.709, BT.1886, BT.2020, BT.2100: television picture formats and transfer functions."
_H273 = "ITU-T H.273: Coding-independent code points for video signal type identification."
_BT2446 = "Report ITU-R BT.2446: Methods for conversion of HDR content to SDR content and vice versa."
_PQ = "SMPTE ST 2084: High Dynamic Range EOTF of Mastering Reference Displays (PQ)."
_HLG = "ARIB STD-B67: Essential Parameter Values for the Extended Image Dynamic Range Television System (HLG)."
_NEWSON = (
    "Newson, Delon, Galerne: A Stochastic Film Grain Model for Resolution-Independent Rendering. "
    "Computer Graphics Forum, 2017."
)


@dataclass(frozen=True)
class StepText:
    """One kind of step. plain: what it does. how: how it goes about it. labels: what it can give a pixel beside what
    the pixel had; empty for steps that change no pixel. follows: publications and standards; what a person decided
    has none. limit: what it cannot do, or may do wrongly.
    """

    title: str
    plain: str
    how: str
    labels: tuple[str, ...]
    follows: tuple[str, ...]
    limit: str


STEPS: Mapping[str, StepText] = {
    "painted": StepText(
        "Marking by a person's hand",
        "A person marked places as damaged, or as places where nothing may be taken for damage.",
        "The marks are pictures of the source's size, named by frame. They change no pixel by themselves.",
        (),
        (),
        "What counts as damage was that person's decision.",
    ),
    "defects": StepText(
        "Reading defects from the scanner's own channel",
        "Places that the scanner's infrared or alpha channel shows as dust or scratches are marked as damaged.",
        "Infrared light passes through the dyes of colour film but not through dust. A place is marked where the "
        "channel departs from its surroundings by more than a threshold. No pixel is changed.",
        (),
        ("Edgar: System and method for image recovery. United States patent 5,266,805, 1993.",),
        "Silver (black-and-white film) stops infrared as dust does.",
    ),
    "stabilise": StepText(
        "Steadying the picture",
        "The unsteadiness of the film in the camera, printer or scanner is taken out. Pans of the camera stay.",
        "Motion is measured over the whole shot; what is faster than a camera moves is taken away by moving and "
        "resampling each frame once. Edges that this reveals are filled as the setting 'borders' says.",
        ("ADJUSTED", "TRANSPORTED", "SYNTHESISED"),
        (
            _DIS,
            "Lucas, Kanade: An Iterative Image Registration Technique with an Application to Stereo Vision. IJCAI, "
            "1981.",
            "Whittaker: On a New Method of Graduation. Proceedings of the Edinburgh Mathematical Society, 1923.",
        ),
        "Every sample is a weighted mean of its neighbours at a new place: positions in the picture are no longer the "
        "scan's. Measurements of place or speed belong on the source.",
    ),
    "deflicker": StepText(
        "Taking out flicker",
        "Brightness and colour that jump from frame to frame are evened out. Slow changes, fades and lamps stay.",
        "Neighbouring frames are compared tone by tone; the tones of a frame are multiplied by smooth curves. No "
        "network takes part, no sample is moved.",
        ("ADJUSTED",),
        (
            "Pitie, Dahyot, Kelly, Kokaram: A New Robust Technique for Stabilizing Brightness Fluctuations in Image "
            "Sequences. Workshop on Statistical Methods in Video Processing, ECCV 2004 (the family of methods).",
            "Delon: Movie and Video Scale-Time Equalization Application to Flicker Reduction. IEEE Transactions on "
            "Image Processing, 2006 (the family of methods).",
        ),
        "Absolute brightness of single frames is not the scan's any more.",
    ),
    "dirt": StepText(
        "Finding dirt",
        "Specks, hairs and stains that are in one frame only are found and marked. No pixel is changed.",
        "A frame is compared with its neighbours, moved along the motion; a small network judges how likely each "
        "spot is dirt, and those at least as likely as the setting 'confidence' says are marked.",
        (),
        (
            "Nadenau, Mitra: Blotch and Scratch Detection in Image Sequences Based on Rank Ordered Differences. "
            "Time-Varying Image Processing and Moving Object Recognition, 1997.",
            "Biemond, van Roosmalen, Lagendijk: Improved Blotch Detection by Postprocessing. ICASSP 1999.",
            _UNET,
            _DIS,
        ),
        "A real thing that is seen in one frame only (a spark, a raindrop, a small fast object) can be taken for dirt, "
        "and dirt can be missed.",
    ),
    "scratch": StepText(
        "Finding scratches",
        "Near-vertical lines that last over several frames are found and marked. No pixel is changed.",
        "Brightness is added up along near-vertical lines over many frames; a small network tells scratches from "
        "uprights that the camera saw.",
        (),
        (
            "Brady: A Fast Discrete Approximation Algorithm for the Radon Transform. SIAM Journal on Computing, 1998.",
            _KOKARAM,
        ),
        "A thin upright thing in the scene can be taken for a scratch.",
    ),
    "inpaint": StepText(
        "Repairing marked damage",
        "What is marked as damaged is replaced with real picture content of other frames of the same shot. Where no "
        "frame shows it, the setting 'spatial' says what happens: the damage stays, or a network fills it from its "
        "surroundings, which is invention and is flagged as such.",
        "Content is moved along the measured motion, checked against the surroundings, and matched in brightness and "
        "grain. Samples outside the marks (and the setting 'feather') are not touched.",
        ("TRANSPORTED", "SYNTHESISED"),
        (
            _KOKARAM,
            _DIS,
            "Pathak, Krahenbuhl, Donahue, Darrell, Efros: Context Encoders: Feature Learning by Inpainting. CVPR 2016.",
            "Yu, Koltun: Multi-Scale Context Aggregation by Dilated Convolutions. ICLR 2016.",
        ),
        "Transported content is from another moment: what happened at that place in this frame, behind the damage, "
        "is not known. Filled content shows what is usual, not what was there.",
    ),
    "grain": StepText(
        "Treating grain and noise",
        "Digital noise is taken away and photographic grain is kept; where earlier repairs took grain, it is given "
        "back.",
        "What fluctuates is measured over the shot and told apart by its spectrum and its dependence on brightness. "
        "Grain that is made anew is flagged as synthesised; 'add=own' uses the frame's own only.",
        ("ADJUSTED", "TRANSPORTED", "SYNTHESISED"),
        (
            _NEWSON,
            "Starck, Murtagh, Bijaoui: Image Processing and Data Analysis: The Multiscale Approach. Cambridge "
            "University Press, 1998.",
            "Mihcak, Kozintsev, Ramchandran, Moulin: Low-Complexity Image Denoising Based on Statistical Modeling of "
            "Wavelet Coefficients. IEEE Signal Processing Letters, 1999.",
        ),
        "Where noise is taken away, the faintest detail can go with it.",
    ),
    "detail": StepText(
        "Treating noise, compression and resolution",
        "Noise and compression errors are reduced and the picture may be enlarged, by a network that answers with the "
        "mean of all pictures that fit the source. With the slider (setting 'perceptual') at 0 that mean is all it "
        "shows, smooth where the source leaves things open; above 0 it mixes in texture that only looks likely, and "
        "flags what is probably invented.",
        "The network works on brightness (Y'); colour is enlarged along it. A calibrated estimate says for every "
        "pixel how likely a visible error is; that is the confidence in the provenance track.",
        ("ESTIMATED", "SYNTHESISED"),
        (
            "Lim, Son, Kim, Nah, Lee: Enhanced Deep Residual Networks for Single Image Super-Resolution. CVPR "
            "Workshops 2017.",
            "Shi and others: Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel "
            "Convolutional Neural Network. CVPR 2016.",
            "Zhang, Zuo, Zhang: FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image Denoising. IEEE "
            "Transactions on Image Processing, 2018.",
            "Freirich, Michaeli, Meir: A Theory of the Distortion-Perception Tradeoff in Wasserstein Space. NeurIPS, "
            "2021.",
            "Angelopoulos, Bates, Fisch, Lei, Schuster: Conformal Risk Control. 2022.",
        ),
        "An estimate is a likely value, not an observation. Small lettering, number plates and faces can come out "
        "smooth, or wrong in a way that looks right; they must be read on the source.",
    ),
    "fade": StepText(
        "Bringing back faded dyes",
        "Colours of film whose dyes have faded are brought back.",
        "A network looks at small pictures of the shot and chooses the few numbers of a smooth map in density; the "
        "map itself is a formula, which can be undone. What a person picked as neutral or white moves the numbers.",
        ("ADJUSTED",),
        (
            "Gschwind, Frey: Electronic Imaging, a Tool for the Reconstruction of Faded Color Photographs. Journal of "
            "Imaging Science and Technology, 1994.",
            "Wilhelm, Brower: The Permanence and Care of Color Photographs. Preservation Publishing Company, 1993.",
        ),
        "The colours are an estimate of how the film once looked. They are no evidence of the colour of a thing.",
    ),
    "model": StepText(
        "Using a model from elsewhere",
        "An image model that was imported from elsewhere went over every frame.",
        "What it does inside is not known to this program. Whatever it changes counts as invented.",
        ("ADJUSTED", "SYNTHESISED"),
        ("The model's own documentation; its file is named by its SHA-256 below.",),
        "Nothing it shows beyond the source can be relied upon.",
    ),
    "grade": StepText(
        "Grading",
        "Brightness, contrast and colour were set by a person.",
        "A fixed formula on every pixel by itself: balance, slope, offset and power, contrast, curves, saturation.",
        ("ADJUSTED",),
        ("American Society of Cinematographers: ASC Color Decision List (ASC CDL), version 1.2.", _BT709),
        "Brightness and colour are as that person chose them.",
    ),
    "lut": StepText(
        "Applying a look-up table of colours",
        "The look of a table of colours (.cube) is baked into the picture.",
        "Every pixel's colour is looked up in the table and interpolated between its entries.",
        ("ADJUSTED",),
        ("Adobe: Cube LUT Specification, version 1.0, 2013.", _BT709),
        "Brightness and colour are as the table gives them.",
    ),
    "hdr": StepText(
        "Coding for high dynamic range (HDR)",
        "A picture of standard range is coded as one of high dynamic range.",
        "A published formula brightens every pixel; stage 'sdr' gives the picture back.",
        ("ADJUSTED",),
        (_BT2446, _PQ, _HLG, _BT709),
        "No range is recovered: highlights that the scan lost stay lost.",
    ),
    "sdr": StepText(
        "Coding for standard range (SDR)",
        "A picture of high dynamic range is coded as one of standard range.",
        "A published formula darkens every pixel.",
        ("ADJUSTED",),
        (_BT2446, _PQ, _HLG, _BT709),
        "Differences between very bright places become smaller.",
    ),
    "convert": StepText(
        "Converting the coding of colour",
        "The way in which colours are written as numbers is changed; the picture looks the same.",
        "Matrices, transfer curves and depths of published standards.",
        ("ADJUSTED",),
        (_H273, _BT709, _PQ, _HLG),
        "Numbers are rounded; colours outside the new range are cut off or drawn in, as the settings say.",
    ),
    "original": StepText(
        "Bringing the original back",
        "Where a person asked for it, the source's own samples stand again over everything done before.",
        "The places are pictures of the source's size, named by frame.",
        ("ADJUSTED",),
        (),
        "Where it was brought back was that person's decision.",
    ),
    "burn_in": StepText(
        "Burning in for review",
        "A strip under the picture shows what must not be cut off (time, frame, case), and every invented pixel is "
        "marked on the picture itself. This is a copy to look at, not the master.",
        "Text and marks are drawn into the samples as the last step; nothing of the picture is covered by the strip.",
        ("ADJUSTED",),
        (),
        "Where marks are drawn the picture under them is not seen.",
    ),
    "deinterlace": StepText(
        "Deinterlacing",
        "Each frame's two fields were made into one whole picture.",
        "FFmpeg's filter bwdif: lines of the other field are interpolated in space and time.",
        ("ADJUSTED",),
        ("FFmpeg: filter bwdif, after the BBC's w3fdif (Weston) and yadif.",),
        "Every second line of a moving thing is interpolated.",
    ),
}


def step_text(name: str) -> StepText:
    """Raises KeyError for a stage that nobody has described."""
    return STEPS[name]
