"""Search in both editions: what readers ask finds the page that answers it, among the first that are shown."""

from __future__ import annotations

import contextlib

import pytest
from course.editions import CHINESE, ENGLISH

FIRST = 3  # among so many results a reader sees the page at once

# What is asked, and the page that answers it or one of several. Written before anybody saw what they find, but for two
# that named another page than the one on which the glossary says that the word is introduced.
WINDOW = "chapters/convolution/slide-a-window"
WORDS = {
    "转置卷积": "chapters/transposed-convolution/",
    "滑动窗口": WINDOW,
    "卷积核翻转": WINDOW,
    "旋转卷积核": WINDOW,
    "互相关": WINDOW,
    "权重之和": WINDOW,
    "平坦区域的亮度": WINDOW,
    "小整数溢出": WINDOW,
    "conv2d": ("chapters/library/operations", WINDOW),
    "卷积核 照片": WINDOW,
    "信号处理库": WINDOW,
    "批次": WINDOW,
}
QUESTIONS = {
    "最大池化的位置信息": "chapters/unpooling/",
    "反池化": ("chapters/unpooling/", "chapters/glossary"),
    "双线性插值": "chapters/upsampling/interpolate",
    "双三次插值": "chapters/upsampling/interpolate",
    "最近邻插值": "chapters/upsampling/",
    "角点对齐": "chapters/upsampling/where-is-a-pixel",
    "半像素坐标": "chapters/upsampling/where-is-a-pixel",
    "align_corners": "chapters/upsampling/",
    "为什么会出现棋盘格": "chapters/transposed-convolution/checkerboards",
    "棋盘格伪影": "chapters/transposed-convolution/checkerboards",
    "输出填充": "chapters/transposed-convolution/predict-its-size",
    "卷积矩阵": "chapters/convolution/see-it-as-a-matrix",
    "卷积的输出尺寸怎么算": ("chapters/convolution/", "chapters/benches/"),
    "膨胀卷积": ("chapters/convolution/", "chapters/glossary"),
    "最小二乘": "chapters/transposed-convolution/what-an-inverse-would-need",
    "零空间": "chapters/transposed-convolution/what-an-inverse-would-need",
    "伴随恒等式": "chapters/transposed-convolution/it-is-the-gradient",  # the first of the two
    "反向传播": "chapters/transposed-convolution/it-is-the-gradient",
    "权重梯度": "chapters/transposed-convolution/it-is-the-gradient",
    "转置卷积是卷积的逆运算吗": ("chapters/transposed-convolution/", "chapters/myths-and-questions"),
    "转置卷积只能恢复尺寸，不能恢复原来的数值": "chapters/transposed-convolution/",
    "反池化把值放回最大值的位置，其余填零": "chapters/unpooling/",
    "上采样与反池化的区别": ("chapters/unpooling/", "chapters/upsampling/", "chapters/myths-and-questions"),
    "感受野": ("chapters/networks/", "chapters/benches/plan-the-sizes", "chapters/glossary"),
    "特征可视化": "chapters/networks/see-what-a-feature-sees",
    "全卷积网络": "chapters/networks/segment-with-fcn",
    "跳跃连接": "chapters/networks/segment-with-u-net",
    "像素重排": ("chapters/networks/super-resolution", "chapters/upsampling/"),
    "峰值信噪比": "chapters/upsampling/interpolate",  # the second
    "Canvas 题库": "chapters/teaching/quiz-bank",
    "SLURM 集群": "chapters/teaching/grade-on-a-cluster",
}
# What learners ask most in forums and issue trackers, and the pages that answer it.
TRANSPOSED, UPSAMPLING, UNPOOLING = (
    f"chapters/{chapter}/" for chapter in ("transposed-convolution", "upsampling", "unpooling")
)
NETWORKS, SIZES = "chapters/networks/", "chapters/benches/plan-the-sizes"
ENGLISH_QUESTIONS = {
    "Is transposed convolution the inverse of convolution?": (
        f"{TRANSPOSED}go-back-with-the-transpose",
        f"{TRANSPOSED}what-an-inverse-would-need",
    ),
    "Why is the output size of a transposed convolution ambiguous?": (f"{TRANSPOSED}predict-its-size", SIZES),
    "Does output_padding add zeros to the output?": f"{TRANSPOSED}predict-its-size",
    "align_corners true or false": f"{UPSAMPLING}where-is-a-pixel",
    "Why do TensorFlow, OpenCV, Pillow and PyTorch resize differently?": f"{UPSAMPLING}libraries-in-practice",
    "Transposed convolution or upsample + convolution: which is better?": f"{TRANSPOSED}checkerboards",
    "What causes checkerboards, and does k divisible by s cure them?": f"{TRANSPOSED}checkerboards",
    "Why does padding shrink a transposed convolution's output?": f"{TRANSPOSED}predict-its-size",
    "What does stride > 1 do: zero insertion or scatter?": f"{TRANSPOSED}go-back-with-the-transpose",
    "U-Net shapes do not match: pad or crop?": (
        f"{TRANSPOSED}predict-its-size",
        f"{NETWORKS}segment-with-u-net",
        SIZES,
    ),
    "Max unpooling of odd sizes: output_size": f"{UNPOOLING}put-it-back",
    "switches are flat indices, what happens when the width changes": f"{UNPOOLING}put-it-back",
    "Unpooling, upsampling, deconvolution: what is the difference?": f"{UNPOOLING}unpooling-beside-upsampling",
    "Does this SegNet really use the indices?": (
        f"{UNPOOLING}unpooling-beside-upsampling",
        f"{NETWORKS}deconvolution-against-unpooling",
    ),
    "ties in max pooling": (f"{UNPOOLING}pool-and-remember", f"{UNPOOLING}put-it-back"),
    "Is the kernel flipped?": WINDOW,
    "weight layout of a transposed convolution (in, out/groups, kh, kw)": f"{TRANSPOSED}predict-its-size",
    "bilinear initialisation border darkening": f"{UPSAMPLING}a-fixed-transposed-convolution",
    "Why is nearest misaligned, what is nearest-exact?": f"{UPSAMPLING}where-is-a-pixel",
    "Why do bicubics differ (a = -0.75 against -0.5)?": (
        f"{UPSAMPLING}libraries-in-practice",
        f"{UPSAMPLING}interpolate",
    ),
    "antialiasing when downsampling": f"{UPSAMPLING}where-is-a-pixel",
    "SAME padding with transposed convolution across frameworks": f"{TRANSPOSED}predict-its-size",
    "fold(unfold(x)) is not x: why, and by what factor?": "chapters/convolution/see-it-as-a-matrix",
    "Why pad 100 and crop 19 in FCN?": f"{NETWORKS}segment-with-fcn",
    "guided backpropagation, DeconvNet, gradient: which mask at the ReLU?": f"{NETWORKS}see-what-a-feature-sees",
    "PixelShuffle against transposed convolution, ICNR initialisation": (
        f"{NETWORKS}super-resolution",
        f"{TRANSPOSED}checkerboards",
    ),
    "Non-integer scale factors: which scale is used for coordinates?": (
        f"{UPSAMPLING}where-is-a-pixel",
        f"{UPSAMPLING}libraries-in-practice",
    ),
    "Why must output_padding be smaller than stride or dilation?": f"{TRANSPOSED}predict-its-size",
}
# What the article that the course grew from says, as its Chinese readers say it, and the pages that teach it, written
# before anybody saw what they find.
ARTICLE = {
    "把低分辨率的特征图恢复成高分辨率的图像": ("index", UPSAMPLING, NETWORKS),
    "插值没有可学习的参数": UPSAMPLING,
    "转置卷积的权重是学出来的": (TRANSPOSED, f"{NETWORKS}which-way-up"),
    "卷积提取特征": "chapters/convolution/",
    "输入加两倍填充减卷积核，除以步长再加一": "chapters/convolution/predict-the-size",
    "除法向下取整": "chapters/convolution/predict-the-size",
    "4×4 的输入，3×3 的卷积核，2×2 的输出": "chapters/convolution/",
    "卷积核与输入逐元素相乘再求和": WINDOW,
    "卷积是多对一，转置卷积是一对多": TRANSPOSED,
    "深度学习里的卷积其实是互相关": WINDOW,
    "用零填充保持大小不变": "chapters/convolution/predict-the-size",
    "偶数卷积核的不对称填充": "chapters/convolution/predict-the-size",
    "膨胀率进入输出大小的公式": "chapters/convolution/predict-the-size",
    "转置卷积的输出尺寸公式": f"{TRANSPOSED}predict-its-size",
    "几种输入大小得到同一个输出大小": f"{TRANSPOSED}predict-its-size",
    "output_padding 选定输出大小": f"{TRANSPOSED}predict-its-size",
    "把卷积核重排成卷积矩阵": "chapters/convolution/see-it-as-a-matrix",
    "卷积矩阵的大小是 4×16": ("chapters/convolution/see-it-as-a-matrix", f"{TRANSPOSED}go-back-with-the-transpose"),
    "把输入展平成列向量再乘矩阵": "chapters/convolution/see-it-as-a-matrix",
    "转置的矩阵乘以展平的输出": f"{TRANSPOSED}go-back-with-the-transpose",
    "转置卷积不能恢复卷积之前的值": TRANSPOSED,
    "转置卷积不是卷积的逆运算，而是伴随": (TRANSPOSED, "chapters/myths-and-questions"),
    "逆运算要求矩阵满秩": f"{TRANSPOSED}what-an-inverse-would-need",
    "像素级语义分割要恢复到输入的大小": f"{NETWORKS}segment-with-",
    "把特征图投影回像素空间": f"{NETWORKS}see-what-a-feature-sees",
    "哪些图案最能激活一个特征": f"{NETWORKS}see-what-a-feature-sees",
    "池化使特征图的大小减半": f"{UNPOOLING}pool-and-remember",
    "记住每个最大值的位置": f"{UNPOOLING}pool-and-remember",
    "上池化代替最大池化的逆运算": f"{UNPOOLING}put-it-back",
    "逐层比较反卷积层和上池化层的输出": f"{NETWORKS}deconvolution-against-unpooling",
    "上池化得到稀疏的特征图，反卷积使它稠密": f"{NETWORKS}deconvolution-against-unpooling",
    "FCN 和 U-Net 里的上采样": f"{NETWORKS}segment-with-",
    "重采样：用插值计算每个像素": UPSAMPLING,
    "最近邻、双线性和双三次": f"{UPSAMPLING}interpolate",
    "上采样不用最大池化的位置信息": f"{UNPOOLING}unpooling-beside-upsampling",
    "上采样把内容复制开来": (UPSAMPLING, f"{UNPOOLING}unpooling-beside-upsampling"),
    "上池化把值放回最大值的位置，其余填 0": f"{UNPOOLING}put-it-back",
}
FIND = """question => {
  const results = Search._performSearch(...Search._parseQuery(question));
  return results.toReversed().map(([page, , anchor]) => [page, anchor]);  // it shows the last first
}"""


@pytest.fixture(scope="module")
def search(browse):
    """Ask an edition's own search, and return what it finds, the best first: pages, each with an anchor or nothing."""

    def asked(edition, question):
        if edition not in opened:
            opened[edition] = visits.enter_context(browse(f"{edition.folder}search.html", "search")).page
            opened[edition].wait_for_function("Search.hasIndex()")
        return opened[edition].evaluate(FIND, question)

    opened = {}
    with contextlib.ExitStack() as visits:
        yield asked


def missed(search, edition, questions):
    """The questions whose page is not among the first, each with what is."""
    firsts = {question: [page for page, _ in search(edition, question)[:FIRST]] for question in questions}
    return {
        question: found
        for question, found in firsts.items()
        if not any(page.startswith(questions[question]) for page in found)
    }


def test_every_english_question_finds_its_page_first_or_nearly(search):
    assert missed(search, ENGLISH, ENGLISH_QUESTIONS) == {}


def test_every_chinese_word_finds_its_page_first_or_nearly(search):
    assert missed(search, CHINESE, WORDS) == {}


def test_chinese_questions_and_sentences_find_their_page_but_for_two(search):
    assert set(missed(search, CHINESE, QUESTIONS)) <= {"卷积的输出尺寸怎么算", "跳跃连接"}


def test_what_the_article_says_finds_the_page_that_teaches_it(search):
    assert missed(search, CHINESE, ARTICLE) == {}


@pytest.mark.parametrize(("edition", "question"), [(CHINESE, "量子力学"), (ENGLISH, "quantum mechanics")])
def test_what_is_on_no_page_is_not_found(search, edition, question):
    assert search(edition, question) == []


@pytest.mark.parametrize(
    ("edition", "question", "page", "anchor"),
    [
        (ENGLISH, "conv_transpose2d", "chapters/library/operations", "#lib.conv_transpose2d"),
        (ENGLISH, "checkerb", "chapters/transposed-convolution/checkerboards", ""),  # while it is being typed
        (CHINESE, "平均上池化", "chapters/unpooling/put-it-back", "#average-unpooling"),
        (ENGLISH, "aliasing", "chapters/glossary", "#term-aliasing"),
    ],
)
def test_a_name_leads_to_the_place_that_has_it(search, edition, question, page, anchor):
    assert [page, anchor] in search(edition, question)[:5]
